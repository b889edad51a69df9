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
	for i, old := range match(older.Violations, newer.Violations, nowhere) {
		if old == nil {
			d.New = append(d.New, newer.Violations[i])
		} else {
			d.Still = append(d.Still, newer.Violations[i])
		}
	}
	for i, still := range match(newer.Violations, older.Violations, nowhere) {
		if still == nil {
			d.Gone = append(d.Gone, older.Violations[i])
		}
	}
	Sort(d.New)
	Sort(d.Gone)
	Sort(d.Still)
	return d
}
