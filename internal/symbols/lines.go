package symbols

import "github.com/gilwatch/gilwatch/internal/symbols/dwarf"

// withLines returns the frames of the calls at an address: frame, whose function
// comes from the symbol table, with what debug information knows. calls are
// innermost first.
func withLines(frame Frame, calls []dwarf.Call) []Frame {
	frames := make([]Frame, 0, len(calls))
	for i, call := range calls {
		f := frame
		f.File, f.Line, f.Column = call.File, call.Line, call.Column
		f.Inlined = i < len(calls)-1
		name := call.Linkage
		if name == "" {
			name = call.Name
		}
		switch {
		case name == "" && !f.Inlined:
			// What has a position and no function, such as assembly, keeps the
			// symbol.
		case call.Linkage == "" && !f.Inlined && f.Exact && f.mangled:
			// A C++ function that is local to its file has no linkage name in debug
			// information, and one with its parameters in the symbol table.
		default:
			f.Function, f.Short = Demangle(name)
			f.Exact = name != ""
		}
		frames = append(frames, f)
	}
	return frames
}
