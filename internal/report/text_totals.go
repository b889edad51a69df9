package report

import (
	"fmt"
	"path"
	"strings"
)

// maxUnwatchedShown is how many processes that were not watched are named.
const maxUnwatchedShown = 3

// totals is the last line: what was found, what was watched, what was not and why,
// and what was lost.
func (t *text) totals(notesListed bool) string {
	r := *t.report
	Summarize(&r)
	parts := []string{t.watched(&r, notesListed)}
	if r.Summary.ProcessesUnwatched > 0 && r.Summary.ProcessesWatched > 0 {
		parts = append(parts, "not watched: "+unwatched(&r))
	}
	if r.Summary.Suppressed > 0 {
		parts = append(parts, plural(r.Summary.Suppressed, "call", "calls")+" suppressed")
	}
	parts = append(parts, number(r.Summary.Lost)+" lost")
	as := plain
	if r.Summary.Errors > 0 || r.Summary.Lost > 0 {
		as = bold
	}
	return t.paint("gilwatch: "+strings.Join(parts, "; "), as)
}

// watched says what was found where, or that nothing was watched and why. Only a
// session that could have found something, and lost nothing, has "no violations".
func (t *text) watched(r *Report, notesListed bool) string {
	s := r.Summary
	if why := nothingWatched(r); why != "" {
		return why
	}
	where := plural(s.ProcessesWatched, "process", "processes")
	if s.Violations > 0 {
		affected := t.affected()
		// A violation's process may be missing in the list when its record was cut off.
		where = number(affected) + " of " + plural(max(affected, s.ProcessesWatched), "process", "processes")
	}
	return fmt.Sprintf("%s in %s; %s watched", found(s, notesListed), where, underWatch(r))
}

// underWatch is what was under watch. The sensor of allocations looks at no module's calls.
func underWatch(r *Report) string {
	if !callsCounted(r) {
		return "allocators"
	}
	return plural(r.Summary.ModulesWatched, "module", "modules") + ", " + plural(functionsWatched(r), "function", "functions")
}

// functionsWatched is the most that a process had under watch.
func functionsWatched(r *Report) int {
	functions := 0
	for _, p := range r.Processes {
		if p.Watched {
			functions = max(functions, p.FunctionsWatched)
		}
	}
	return functions
}

// found counts the violations by severity.
func found(s Summary, notesListed bool) string {
	var parts []string
	if s.Errors > 0 {
		parts = append(parts, plural(s.Errors, "error", "errors"))
	}
	if s.Warnings > 0 {
		parts = append(parts, plural(s.Warnings, "warning", "warnings"))
	}
	if s.Notes > 0 {
		notes := plural(s.Notes, "note", "notes")
		if !notesListed {
			notes += " (--notes)"
		}
		parts = append(parts, notes)
	}
	switch {
	case s.Known > 0:
		return fmt.Sprintf("%s (%s known)", strings.Join(parts, ", "), number(s.Known))
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case s.Lost > 0:
		return "no violation kept"
	default:
		return "no violations"
	}
}

// affected counts the processes with violations.
func (f facts) affected() int {
	processes := map[*Process]bool{}
	for i := range f.report.Violations {
		for _, p := range f.ran(&f.report.Violations[i]).in {
			processes[p] = true
		}
	}
	return len(processes)
}

// unwatched names the processes that were not watched, and why.
func unwatched(r *Report) string {
	var named []string
	more := 0
	for _, p := range r.Processes {
		switch {
		case p.Watched:
		case len(named) == maxUnwatchedShown:
			more++
		default:
			named = append(named, unwatchedProcess(p))
		}
	}
	if more > 0 {
		named = append(named, plural(more, "more process", "more processes"))
	}
	return strings.Join(named, ", ")
}

// processName is a process's pid, and its program's name where that is known.
func processName(p Process) string {
	if p.Exe == nil {
		return fmt.Sprintf("pid %d", p.PID)
	}
	return fmt.Sprintf("pid %d %s", p.PID, fit(Clean(path.Base(*p.Exe)), 24))
}

func unwatchedProcess(p Process) string {
	reason := "reason not known"
	if p.Reason != nil {
		reason = fit(Clean(*p.Reason), 60)
	}
	return fmt.Sprintf("%s (%s)", processName(p), reason)
}
