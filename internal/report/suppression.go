package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Suppression returns a suppression rule for v (see package suppress), as narrow as what stays
// the same from build to build allows: its function, the extension's innermost frame and the
// module.
func Suppression(v *Violation) string {
	parts := []string{"function:" + globOf(v.Function)}
	if f := Caller(v); f != nil {
		if f.Function != nil && *f.Function != "" && !f.Nearest {
			parts = append(parts, "top:"+globOf(shortName(*f.Function)))
		}
		if f.Module != nil {
			parts = append(parts, "module:"+globOf(ModuleName(*f.Module)))
		}
	}
	return strings.Join(parts, " & ")
}

// globOf is a pattern that s matches and that a line of rules can hold. What a terminal may
// obey, what a pattern or the line's own syntax would take for something else, what the short
// form of a name leaves out, and the middle of a name without end may be anything.
func globOf(s string) string {
	s = withoutMiddle(strings.Map(printable, s))
	s = strings.NewReplacer("…", "*", `\`, "?", " #", " ?").Replace(s)
	s = withoutAnds(s)
	if trimmed := strings.TrimSpace(s); trimmed != s || s == "" {
		return "*" + trimmed + "*" // a line's ends are trimmed
	}
	return s
}

// printable is a rune as Clean leaves it, or a star.
func printable(r rune) rune {
	if r == utf8.RuneError || !unicode.IsPrint(r) {
		return '*' // RuneError may be a byte that is not UTF-8
	}
	return r
}

// withoutMiddle puts a star into a name that is too long, so that no rule is longer than what
// is read of a line. It counts runes: some have no column.
func withoutMiddle(s string) string {
	runes := []rune(s)
	if len(runes) <= maxMachineName {
		return s
	}
	return string(runes[:maxMachineName/2]) + "*" + string(runes[len(runes)-maxMachineName/2:])
}

// withoutAnds takes away what would join rules beside a space, or beside what follows in the
// line.
func withoutAnds(s string) string {
	s = strings.ReplaceAll(s, "& ", "? ")
	s = strings.ReplaceAll(s, " &", " ?")
	if name, ends := strings.CutSuffix(s, "&"); ends {
		return name + "?"
	}
	return s
}
