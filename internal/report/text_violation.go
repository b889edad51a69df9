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

// WriteGlance writes what one entry begins with, for a reader who sees the whole entry when
// the program has ended: what, where and in which thread. The empty line before it ends the
// line that the program may be writing.
func WriteGlance(w io.Writer, r *Report, i int, o Options) error {
	t := newText(r, o)
	v := &r.Violations[i]
	t.line("")
	t.headline(v)
	t.place(v)
	t.paragraph("  ", "", listed(t.whereabouts(v)), plain)
	t.tests(v)
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

// Shown are the entries that a reader has seen already.
type Shown struct {
	ids  map[string]bool
	keys map[groupKey]bool
}

// Add adds the entry that v belongs to, and reports whether it was not shown before: v is
// the first with its id, and the first of those that the text report groups (see grouped).
func (s *Shown) Add(v *Violation) bool {
	if s.ids == nil {
		s.ids, s.keys = map[string]bool{}, map[groupKey]bool{}
	}
	key, known := keyOf(v)
	if s.ids[v.ID] || known && s.keys[key] {
		return false
	}
	s.ids[v.ID] = true
	if known {
		s.keys[key] = true
	}
	return true
}
