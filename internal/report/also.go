package report

import "strings"

// maxAlsoShown is how many other lines an entry names.
const maxAlsoShown = 6

// otherLine is the line from which b made the call of the same bug a, "" when it is a's own
// or not known. Lines do not count in an id, so that a bug keeps it when code above is
// changed; but a function that calls in two lines is to be mended in both. Looked at are the
// extension's own frame and the functions that it was inlined into: from there on outwards
// lines tell of callers.
func otherLine(a, b *Violation) string {
	own := callerFrame(a)
	for i := range min(len(a.NativeStack), len(b.NativeStack)) {
		f, other := a.NativeStack[i], b.NativeStack[i]
		if f.Interpreter || other.Interpreter || f.Name() != other.Name() {
			return ""
		}
		if i >= own && own >= 0 && f.Place() != other.Place() {
			return other.Place()
		}
		if i >= own && !f.Inlined {
			return ""
		}
	}
	return ""
}

// alsoAt unites the other lines of two violations of the same bug: a's own is not among them.
func alsoAt(a, b *Violation) []string {
	lines := b.AlsoAt
	if line := otherLine(a, b); line != "" {
		lines = union([]string{line}, lines)
	}
	if len(lines) == 0 {
		return a.AlsoAt
	}
	own := otherLine(b, a)
	var others []string
	for _, line := range union(a.AlsoAt, lines) {
		if line != own {
			others = append(others, line)
		}
	}
	return others
}

// also names the other lines, "" when there are none.
func also(v *Violation) string {
	if len(v.AlsoAt) == 0 {
		return ""
	}
	var shown []string
	for _, line := range v.AlsoAt[:min(len(v.AlsoAt), maxAlsoShown)] {
		shown = append(shown, Clean(line))
	}
	s := "also at " + strings.Join(shown, ", ")
	if more := len(v.AlsoAt) - len(shown); more > 0 {
		s += " and " + plural(more, "more line", "more lines")
	}
	return s
}
