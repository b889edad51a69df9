package report

// Diff is what differs between two reports.
type Diff struct {
	// New are violations of the newer report alone, Gone of the older one alone.
	New, Gone []Violation
	// Still are those of both, as the newer one has them.
	Still []Violation
}

// Compare tells what is new, gone and still there in the newer of two reports.
func Compare(older, newer *Report) Diff {
	var d Diff
	k := newKnown(older.Violations)
	found := map[*Violation]bool{}
	for i := range newer.Violations {
		v := &newer.Violations[i]
		old := k.find(v)
		if old == nil {
			d.New = append(d.New, *v)
			continue
		}
		found[old] = true
		d.Still = append(d.Still, *v)
	}
	back := newKnown(newer.Violations)
	for i := range older.Violations {
		old := &older.Violations[i]
		if !found[old] && back.find(old) == nil {
			d.Gone = append(d.Gone, *old)
		}
	}
	Sort(d.New)
	Sort(d.Gone)
	Sort(d.Still)
	return d
}
