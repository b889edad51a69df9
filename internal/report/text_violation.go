package report

import "io"

// WriteViolation writes one entry of the text report, the i-th violation as r lists it,
// for a reader who sees violations while the program still runs.
func WriteViolation(w io.Writer, r *Report, i int, o Options) error {
	t := newText(r, o)
	t.entry(&entry{Violation: r.Violations[i]})
	_, err := io.WriteString(w, t.b.String())
	return err
}

// WriteTotals writes the last line of the text report.
func WriteTotals(w io.Writer, r *Report, o Options) error {
	t := newText(r, o)
	t.line(t.totals(o.Notes))
	_, err := io.WriteString(w, t.b.String())
	return err
}
