package report

import (
	"fmt"
	"io"
)

// WriteDiff writes for a person what is new, with its stacks, what is gone and what is still
// there, a line each, and last the totals.
func WriteDiff(w io.Writer, older, newer *Report, d Diff, o Options) error {
	t := newText(newer, o)
	for _, e := range grouped(d.New) {
		t.line(t.paint("new", bold))
		t.entry(&e)
		t.line("")
	}
	t.briefs("gone", older, d.Gone)
	t.briefs("still there", newer, d.Still)
	t.line(t.paint(fmt.Sprintf("gilwatch: %s new, %s gone, %s still there",
		number(len(d.New)), number(len(d.Gone)), number(len(d.Still))), bold))
	_, err := io.WriteString(w, t.b.String())
	return err
}

// briefs writes a heading and a line for each violation.
func (t *text) briefs(heading string, r *Report, violations []Violation) {
	if len(violations) == 0 {
		return
	}
	t.line(t.paint(heading, bold))
	f := newFacts(r, Options{Root: t.root})
	for i := range violations {
		v := &violations[i]
		t.spread("  ", f.title(v)+in(v), "id "+fit(Clean(v.ID), 32), plain, dim)
	}
	t.line("")
}

// in is the function that called, " in f".
func in(v *Violation) string {
	if f := Caller(v); f != nil {
		return " in " + f.Name()
	}
	return ""
}
