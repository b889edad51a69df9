package report

// Summary is what the rest of the report adds up to.
type Summary struct {
	// Violations counts the entries; it is the sum of Errors, Warnings and Notes.
	// Known of them stand in the baseline.
	Violations int `json:"violations"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Notes      int `json:"notes"`
	Known      int `json:"known"`
	// Suppressed and Occurrences count calls, Occurrences those of the entries.
	Suppressed         uint64 `json:"suppressed"`
	Occurrences        uint64 `json:"occurrences"`
	ProcessesWatched   int    `json:"processes_watched"`
	ProcessesUnwatched int    `json:"processes_unwatched"`
	// ModulesWatched is the number of modules in that process that has most: the
	// processes of a session mostly load the same. Those that --watch and --ignore left out
	// are not among them, as far as the report names its modules.
	ModulesWatched int `json:"modules_watched"`
	// Lost counts violations known to have happened that are not in the report.
	Lost uint64 `json:"lost"`
}

// Summarize fills r.Summary from the rest of r. Lost stays as it is: nothing in the
// report tells it.
func Summarize(r *Report) {
	s := Summary{Violations: len(r.Violations), Lost: r.Summary.Lost}
	for _, v := range r.Violations {
		switch severityRank(v.Severity) {
		case 0:
			s.Errors++
		case 1:
			s.Warnings++
		case 2:
			s.Notes++
		}
		if v.Known {
			s.Known++
		}
		s.Occurrences += v.Count
	}
	for _, rule := range r.Suppressed {
		s.Suppressed += rule.Count
	}
	for _, p := range r.Processes {
		if !p.Watched {
			s.ProcessesUnwatched++
			continue
		}
		s.ProcessesWatched++
		s.ModulesWatched = max(s.ModulesWatched, p.ModulesWatched)
	}
	if n := unignored(r.Modules); n < len(r.Modules) {
		s.ModulesWatched = min(s.ModulesWatched, n)
	}
	r.Summary = s
}
