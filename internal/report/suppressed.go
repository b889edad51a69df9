package report

import "slices"

// AddSuppressed adds what rules kept out of r. A rule that r has already, because the run it
// tells of was filtered with it, is counted on.
func AddSuppressed(r *Report, rules []Suppressed) {
	for _, rule := range rules {
		i := slices.IndexFunc(r.Suppressed, func(s Suppressed) bool { return s.Rule == rule.Rule })
		if i < 0 {
			r.Suppressed = append(r.Suppressed, rule)
			continue
		}
		r.Suppressed[i].Count = addCounts(r.Suppressed[i].Count, rule.Count)
	}
}
