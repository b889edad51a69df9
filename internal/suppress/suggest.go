package suppress

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// Suggest returns a rule for v, as narrow as what stays the same from build to build
// allows: its function, the extension's innermost frame and the module.
func Suggest(v *report.Violation) string {
	parts := []string{"function:" + glob(v.Function)}
	if f := report.Caller(v); f != nil {
		if f.Function != nil && *f.Function != "" && !f.Nearest {
			parts = append(parts, "top:"+glob(f.Name()))
		}
		if f.Module != nil {
			parts = append(parts, "module:"+glob(report.ModuleName(*f.Module)))
		}
	}
	return strings.Join(parts, " & ")
}

// glob is a pattern that s matches. What a pattern or the line's own syntax would take
// for something else, and what the short form of a name leaves out, may be anything.
func glob(s string) string {
	s = report.Clean(s)
	s = strings.ReplaceAll(s, "…", "*")
	s = strings.ReplaceAll(s, `\`, "?")
	s = strings.ReplaceAll(s, " & ", " ? ")
	s = strings.ReplaceAll(s, " #", " ?")
	if trimmed := strings.TrimSpace(s); trimmed != s || s == "" {
		return "*" + trimmed + "*" // a line's ends are trimmed
	}
	return s
}
