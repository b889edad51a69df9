package report

// lostWords say that violations were lost, "" when none was.
func lostWords(r *Report) string {
	if r.Summary.Lost == 0 {
		return ""
	}
	return plural(r.Summary.Lost, "violation", "violations") + " lost: known to have happened, and not in the report"
}

// lostFails tells whether what was lost fails the run: nobody can say that it was harmless.
func lostFails(failOn string) bool { return failOn != "never" }

// nothingWatched says why a summarized report without violations proves nothing, "" where it
// proves something.
func nothingWatched(r *Report) string {
	s := r.Summary
	processes := plural(s.ProcessesWatched, "process", "processes")
	switch {
	case s.Violations > 0:
		return ""
	case s.ProcessesWatched+s.ProcessesUnwatched == 0:
		return "nothing was watched: no Python process was seen"
	case s.ProcessesWatched == 0:
		return "nothing was watched: " + unwatched(r)
	case functionsWatched(r) == 0:
		return "nothing was watched: " + processes + " without a C-API function under watch"
	case s.ModulesWatched == 0:
		return "nothing was watched: " + processes + " without a module that calls the C API"
	}
	return ""
}
