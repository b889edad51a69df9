package symbols

import (
	"strings"

	"github.com/ianlancetaylor/demangle"
)

const (
	// maxMangled is the length in bytes up to which a name is demangled. The work
	// grows with the length, and longer names are shown as they are.
	maxMangled = 8 << 10
	// maxDemangledPower bounds a demangled name to 1<<16 bytes: a few bytes of
	// substitutions can stand for a very long name.
	maxDemangledPower = 16
	// longShort is the length in bytes from which a short name loses its template
	// arguments as well.
	longShort = 64
)

// Demangle returns the full and the short form of a symbol's name: C++ (Itanium
// ABI) and Rust (legacy and v0) names are demangled, a symbol version
// ("memcpy@@GLIBC_2.14") is cut off, any other name stays as it is. The short form
// has no parameters and no clone suffix, and no template arguments when it would
// be longer than 64 bytes with them.
func Demangle(name string) (full, short string) {
	if known, ok := demangledNames.get(name); ok {
		return known[0], known[1]
	}
	full, short = demangleForms(name)
	demangledNames.put(name, [2]string{full, short})
	return full, short
}

func demangleForms(name string) (full, short string) {
	if at := strings.IndexByte(name, '@'); at > 0 {
		name = name[:at]
	}
	if len(name) > maxMangled {
		return name, name
	}
	full, ok := demangled(name)
	if !ok {
		return name, TrimClones(name)
	}
	short, ok = demangled(name, demangle.NoParams, demangle.NoClones)
	if ok && len(short) > longShort {
		short, ok = demangled(name, demangle.NoParams, demangle.NoClones, demangle.NoTemplateParams)
	}
	if !ok {
		return full, full
	}
	return full, short
}

// demangled demangles name. A name that makes the demangler panic counts as not
// mangled: names come from foreign files.
func demangled(name string, options ...demangle.Option) (s string, ok bool) {
	defer func() {
		if recover() != nil {
			s, ok = "", false
		}
	}()
	s, err := demangle.ToString(name, append(options, demangle.MaxLength(maxDemangledPower))...)
	return s, err == nil && s != ""
}
