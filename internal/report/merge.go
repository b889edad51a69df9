package report

import (
	"slices"
	"time"
)

// Merge makes one report of several, of a matrix of Pythons or of the jobs of a night:
// equal violations are one, with what all add up to. The command, the folder and the host
// stay if all have the same one. The reports are not changed.
func Merge(version string, reports []*Report) *Report {
	merged := New(version)
	if len(reports) == 0 {
		return merged
	}
	merged.Run = reports[0].Run
	apart := newReportsOf(reports).apart
	for i, r := range reports {
		if i > 0 {
			mergeRun(&merged.Run, r.Run)
		}
		merged.Processes = append(merged.Processes, r.Processes...)
		merged.Modules = mergeModules(merged.Modules, r.Modules)
		merged.Violations = mergeViolations(merged.Violations, withProcesses(r), apart)
		merged.Summary.Lost = addCounts(merged.Summary.Lost, r.Summary.Lost)
		AddSuppressed(merged, r.Suppressed)
	}
	TellApart(merged.Violations)
	Sort(merged.Violations)
	Summarize(merged)
	return merged
}

// mergeViolations adds each to the same bug, which another build of the extension may have
// under another id.
func mergeViolations(into, more []Violation, apart func(a, b string) bool) []Violation {
	fresh := []Violation{}
	for i, same := range match(into, more, apart) {
		if same != nil {
			merge(same, more[i])
			continue
		}
		fresh = append(fresh, more[i])
	}
	return append(into, Fold(fresh)...)
}

// withProcesses is the violations of a report that know their processes, which are others than
// those with the same pids of another report.
func withProcesses(r *Report) []Violation {
	violations, processes := slices.Clone(r.Violations), newPIDIndex(slices.Clone(r.Processes))
	for i := range violations {
		violations[i].ran = processes.ran(&violations[i])
	}
	return violations
}

// mergeRun keeps what both runs have in common, and the whole time.
func mergeRun(into *Run, r Run) {
	if !slices.Equal(into.Command, r.Command) {
		into.Command = nil
	}
	into.Cwd, into.Host = same(into.Cwd, r.Cwd), same(into.Host, r.Host)
	into.ExitCode, into.Signal = same(into.ExitCode, r.ExitCode), same(into.Signal, r.Signal)
	into.Started = pick(into.Started, r.Started, time.Time.Before)
	into.Finished = pick(into.Finished, r.Finished, time.Time.After)
}

// same is the value that both have, nil when they differ.
func same[T comparable](a, b *T) *T {
	if a == nil || b == nil || *a != *b {
		return nil
	}
	return a
}

// pick is the better of two times, as far as they are known.
func pick(a, b *time.Time, better func(a, b time.Time) bool) *time.Time {
	if a == nil || b != nil && better(*b, *a) {
		return b
	}
	return a
}

// mergeModules unites the modules; of one that is in both, the greater number of slots counts, and it
// counts if it does in one.
func mergeModules(into, more []Module) []Module {
	type key struct{ module, buildID string }
	keyOf := func(m Module) key { return key{m.Module, orNothing(m.BuildID)} }
	index := map[key]int{}
	for i, m := range into {
		index[keyOf(m)] = i
	}
	for _, m := range more {
		i, seen := index[keyOf(m)]
		if !seen {
			index[keyOf(m)] = len(into)
			into = append(into, m)
			continue
		}
		into[i].Slots = max(into[i].Slots, m.Slots)
		into[i].Ignored = into[i].Ignored && m.Ignored
	}
	return into
}

func orNothing(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
