package report

// MarkKnown marks the violations of r that stand in the baseline, by id or as the same
// bug in another build, and adds r up anew.
func MarkKnown(r, baseline *Report) {
	k := newKnown(baseline.Violations)
	for i := range r.Violations {
		if k.find(&r.Violations[i]) != nil {
			r.Violations[i].Known = true
		}
	}
	Summarize(r)
}
