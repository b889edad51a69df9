package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
)

const (
	// idFrames is how many frames go into an id.
	idFrames = 5
	// idBytes is an id's length: 48 bits tell the violations of a project apart and
	// can still be read aloud.
	idBytes = 6
)

// ID names a violation by what stays the same from run to run, on another version
// of Python and in a rebuild: its kind, the C-API function, and the function and
// module names of the innermost native frames, in 12 hex digits.
//
// At most five frames count, and none from the first interpreter frame on: what
// calls an extension from inside the interpreter differs between versions; nor do frames of
// the C library's and C++'s own files (see counted). Inlined
// frames do not count, since they are known only where there is debug information.
// Of a frame without an exact function name only the module counts. Addresses,
// lines, pids, the suffixes and numbers that compilers give (see stableName) and modules'
// version tags never count. A call that was reached by the interpreter's frame first, by a
// tail call, has kind and function alone.
func ID(kind, function string, frames []Frame) string {
	var parts []string
	for _, f := range counted(frames, idFrames) {
		if f.Inlined {
			continue
		}
		name, module := "", ""
		if f.Function != nil && !f.Nearest {
			name = stableName(*f.Function)
		}
		if f.Module != nil {
			module = ModuleName(*f.Module)
		}
		parts = append(parts, name, module)
	}
	if len(parts) == 0 && len(frames) > 0 && frames[0].Module != nil && ofRuntime(*frames[0].Module) {
		parts = []string{"", "libc"} // a thread began in the C-API function, say
	}
	return digest(kind, function, parts)
}

// wayID is an id in which inlined functions of the extension's own count.
func wayID(v *Violation) string {
	var names []string
	for _, h := range ownWay(v, idFrames) {
		names = append(names, h.name)
	}
	return digest(v.Kind, v.Function, names)
}

func digest(kind, function string, parts []string) string {
	h := sha256.New()
	// A NUL ends each part, so that no two lists of parts are the same bytes.
	for _, part := range append([]string{kind, function}, parts...) {
		io.WriteString(h, part+"\x00")
	}
	return hex.EncodeToString(h.Sum(nil)[:idBytes])
}
