package report

// style is the parameter of an ANSI SGR sequence (ECMA-48, section 8.3.117).
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "1;31"
	yellow style = "1;33"
	cyan   style = "1;36"
)

func severityStyle(severity string) style {
	switch severityRank(severity) {
	case 0:
		return red
	case 1:
		return yellow
	default:
		return cyan
	}
}

// paint puts s into the style, when there is to be color. It goes around text that is
// cleaned, cut and padded already, since it adds bytes but no columns.
func (t *text) paint(s string, as style) string {
	if !t.color || as == plain || s == "" {
		return s
	}
	return "\x1b[" + string(as) + "m" + s + "\x1b[0m"
}
