package report

import "slices"

// lostWords say that violations were lost, "" when none was.
func lostWords(r *Report) string {
	if r.Summary.Lost == 0 {
		return ""
	}
	return plural(r.Summary.Lost, "violation", "violations") + " lost: known to have happened, and not in the report"
}

// lostFails tells whether what was lost fails the run: nobody can say that it was harmless.
func lostFails(failOn string) bool { return failOn != "never" }

// unlistedNotes say that notes fail the run which are only counted, "" when none does.
func unlistedNotes(r *Report, o Options) string {
	if o.Notes || o.FailOn != SeverityNote {
		return ""
	}
	n := 0
	for i := range r.Violations {
		if v := &r.Violations[i]; v.Severity == SeverityNote && !v.Fatal && !v.Known {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return plural(n, "note", "notes") + " failed the run: --notes lists them"
}

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
	case !callsCounted(r): // allocations cross no module's slots
		return ""
	case s.ModulesWatched == 0 && len(r.Modules) > 0:
		return "nothing was watched: --watch and --ignore left out every module that calls the C API"
	case s.ModulesWatched == 0 && slices.ContainsFunc(r.Processes, func(p Process) bool { return p.Backend == BackendUprobe }):
		// Whether others call is not known: attach looks at none that it leaves out.
		return "nothing was watched: " + processes + " without a watched module that calls the C API"
	case s.ModulesWatched == 0:
		return "nothing was watched: " + processes + " without a module that calls the C API"
	}
	return ""
}
