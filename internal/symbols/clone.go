package symbols

import "strings"

// cloneSuffixes are what GCC and LLVM put behind a function's name when they split
// or specialize it: GCC's clone_function_name (gcc/cgraphclones.cc) and the passes
// that call it; LLVM's hot/cold splitting, ThinLTO promotion, and the unique names
// of internal functions.
var cloneSuffixes = []string{
	"constprop", "isra", "part", "cold", "lto_priv", "localalias", "ipa_ra",
	"llvm", "__uniq", "unlikely", "exit",
}

// TrimClones cuts the suffixes that compilers give to clones of a function off its
// name, plain ("f.isra.0.cold") or as the demangler writes them
// ("f() [clone .isra.0]"). A name that is all suffix stays as it is.
func TrimClones(function string) string {
	if i := strings.Index(function, " [clone "); i > 0 {
		function = function[:i]
	}
	if strings.ContainsAny(function, " (<") {
		// A demangled name: a dot in it belongs to it ("f(int, ...)").
		return function
	}
	for i := 1; i < len(function); i++ {
		if function[i] == '.' && isCloneSuffix(function[i+1:]) {
			return function[:i]
		}
	}
	return function
}

// isCloneSuffix reports whether s is a clone suffix, without its first dot, with
// whatever follows it.
func isCloneSuffix(s string) bool {
	for _, suffix := range cloneSuffixes {
		rest, ok := strings.CutPrefix(s, suffix)
		if ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}
