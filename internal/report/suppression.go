package report

import "strings"

// Suppression returns a suppression rule for v (see package suppress), as narrow as what stays the same from build to build
// allows: its function, the extension's innermost frame and the module.
func Suppression(v *Violation) string {
	parts := []string{"function:" + globOf(v.Function)}
	if f := Caller(v); f != nil {
		if f.Function != nil && *f.Function != "" && !f.Nearest {
			parts = append(parts, "top:"+globOf(f.Name()))
		}
		if f.Module != nil {
			parts = append(parts, "module:"+globOf(ModuleName(*f.Module)))
		}
	}
	return strings.Join(parts, " & ")
}

// globOf is a pattern that s matches. What a pattern or the line's own syntax would take
// for something else, and what the short form of a name leaves out, may be anything.
func globOf(s string) string {
	s = Clean(s)
	s = strings.ReplaceAll(s, "…", "*")
	s = strings.ReplaceAll(s, `\`, "?")
	s = strings.ReplaceAll(s, " & ", " ? ")
	s = strings.ReplaceAll(s, " #", " ?")
	if trimmed := strings.TrimSpace(s); trimmed != s || s == "" {
		return "*" + trimmed + "*" // a line's ends are trimmed
	}
	return s
}
