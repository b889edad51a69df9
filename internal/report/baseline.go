package report

// MarkKnown marks the violations of r that stand in the baseline, by id or as the same
// bug in another build, and adds r up anew.
func MarkKnown(r, baseline *Report) {
	for i, old := range match(baseline.Violations, r.Violations, nowhere) {
		if old != nil {
			r.Violations[i].Known = true
		}
	}
	Summarize(r)
}
