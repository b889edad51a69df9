package report

import (
	"io"
	"strings"
)

const (
	defaultWidth = 80
	// minWidth keeps columns of names and places apart on any terminal.
	minWidth = 40
)

// text collects the text report. Whatever is foreign goes through Clean before it
// comes in here.
type text struct {
	facts
	b     strings.Builder
	width int
	color bool
	full  bool
	// foldSaid: the option that shows folded frames was named.
	foldSaid bool
}

// writeText writes the report for a person at a terminal: an entry for each
// bug (see grouped), and a last line with the totals. A report without violations is that
// line alone.
func writeText(w io.Writer, r *Report, o Options) error {
	t := newText(r, o)
	violations := append([]Violation{}, r.Violations...)
	Sort(violations)
	for _, e := range grouped(violations) {
		if e.Severity == SeverityNote && !o.Notes && !e.Fatal {
			continue
		}
		t.entry(&e)
		t.line("")
	}
	if running := stillRunning(r.Processes); running != "" {
		t.paragraph("", "gilwatch: ", running, plain)
	}
	t.gaps()
	t.line(t.totals(o.Notes))
	_, err := io.WriteString(w, t.b.String())
	return err
}

func newText(r *Report, o Options) *text {
	t := &text{facts: newFacts(r, o), width: defaultWidth, color: o.Color, full: o.FullStacks}
	if o.Width > 0 {
		t.width = max(o.Width, minWidth)
	}
	return t
}

func (t *text) line(parts ...string) {
	for _, part := range parts {
		t.b.WriteString(part)
	}
	t.b.WriteByte('\n')
}

// spread writes left and right at the two edges of the line, behind an indent of
// spaces. When both do not fit, right is cut to what left leaves, but not below half
// of the line, and left to the rest.
func (t *text) spread(indent, left, right string, leftStyle, rightStyle style) {
	room := t.width - columns(indent)
	right = fit(right, max(room/2, room-columns(left)-2))
	left = fit(left, room-columns(right)-2)
	gap := strings.Repeat(" ", room-columns(left)-columns(right))
	if right == "" {
		gap = ""
	}
	t.line(indent, t.paint(left, leftStyle), gap, t.paint(right, rightStyle))
}

// paragraph writes clean text behind a label, wrapped, its later lines under the
// first.
func (t *text) paragraph(indent, label, s string, labelStyle style) {
	lead := indent + t.paint(label, labelStyle)
	hang := strings.Repeat(" ", columns(indent)+columns(label))
	for _, line := range wrap(s, t.width-len(hang)) {
		t.line(lead, line)
		lead = hang
	}
}
