package report

import (
	"cmp"
	"slices"
)

// Sort orders violations as they are to be read: fatal ones first, then errors,
// warnings and notes, in each the most frequent first. Equal ones go by function
// and id, so that the order does not depend on which process was heard first.
func Sort(violations []Violation) {
	slices.SortStableFunc(violations, func(a, b Violation) int {
		return cmp.Or(
			-compareBool(a.Fatal, b.Fatal),
			cmp.Compare(severityRank(a.Severity), severityRank(b.Severity)),
			-cmp.Compare(a.Count, b.Count),
			cmp.Compare(a.Function, b.Function),
			cmp.Compare(a.ID, b.ID),
		)
	})
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}
