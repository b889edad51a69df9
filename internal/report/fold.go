package report

import (
	"math"
	"slices"
	"time"
)

// Fold merges the violations that have the same id into the first of them: counts
// are added, the span of time, the processes and the tests united. The first one's
// stacks are kept; it is fatal, and has the graver severity, if any was or had. It is
// in the baseline only if all are. The order of the rest stays; the argument is not
// changed.
//
// Calls from several functions that were inlined into one have the same id, but are not the
// same bug: where debug information tells them apart they stay apart (see TellApart).
func Fold(violations []Violation) []Violation {
	folded := make([]Violation, 0, len(violations))
	index, byKey := map[string][]int{}, map[string]int{}
	for _, v := range violations {
		key := BugKey(&v)
		if i, seen := byKey[key]; seen {
			merge(&folded[i], v)
			continue
		}
		if i := slices.IndexFunc(index[v.ID], func(i int) bool { return !otherWay(&folded[i], &v) }); i >= 0 {
			byKey[key] = index[v.ID][i]
			merge(&folded[index[v.ID][i]], v)
			continue
		}
		byKey[key] = len(folded)
		index[v.ID] = append(index[v.ID], len(folded))
		v.Processes = union(v.Processes, nil)
		v.Tests = union(v.Tests, nil)
		v.Outlived = uniteOutlived(v.Outlived, nil)
		v.Pythons = union(v.Pythons, nil)
		folded = append(folded, v)
	}
	return folded
}

// TellApart gives folded violations that have the same id ids of their own, in which
// inlined functions count.
func TellApart(folded []Violation) {
	count := map[string]int{}
	for i := range folded {
		count[folded[i].ID]++
	}
	for i := range folded {
		if v := &folded[i]; count[v.ID] > 1 {
			v.ID = wayID(v)
		}
	}
}

// merge adds v to a violation of the same bug.
func merge(into *Violation, v Violation) {
	into.Count = addCounts(into.Count, v.Count)
	into.AlsoAt = alsoAt(into, &v)
	if v.FirstSeen != nil && (into.FirstSeen == nil || v.FirstSeen.Before(*into.FirstSeen)) {
		into.FirstSeen = copyTime(v.FirstSeen)
	}
	if v.LastSeen != nil && (into.LastSeen == nil || v.LastSeen.After(*into.LastSeen)) {
		into.LastSeen = copyTime(v.LastSeen)
	}
	if severityRank(v.Severity) < severityRank(into.Severity) {
		into.Severity = v.Severity
	}
	into.Processes = union(into.Processes, v.Processes)
	into.Tests = union(into.Tests, v.Tests)
	into.Outlived = uniteOutlived(into.Outlived, v.Outlived)
	into.Pythons = union(into.Pythons, v.Pythons)
	into.Fatal = into.Fatal || v.Fatal
	into.Known = into.Known && v.Known
	into.Acted = into.Acted.merge(v.Acted)
	into.ran = into.ran.and(v.ran)
}

// addCounts adds without wrapping around.
func addCounts(a, b uint64) uint64 {
	if b > math.MaxUint64-a {
		return math.MaxUint64
	}
	return a + b
}

func copyTime(t *time.Time) *time.Time { return new(*t) }

// union returns what is in either list, once, in the order of first appearance.
func union[T comparable](a, b []T) []T {
	seen := make(map[T]bool, len(a)+len(b))
	all := make([]T, 0, len(a)+len(b))
	for _, x := range slices.Concat(a, b) {
		if !seen[x] {
			seen[x] = true
			all = append(all, x)
		}
	}
	return all
}
