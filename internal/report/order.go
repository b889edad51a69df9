package report

import (
	"cmp"
	"slices"
	"time"
)

// Sort orders violations as they are to be read: fatal ones first, then errors,
// warnings and notes. In each those that are new come before those in the baseline, those
// whose caller is known for certain before the others, and then the one seen first: what
// comes after it is often its consequence. Equal ones go by function and id, so that the
// order does not depend on which process was heard first.
func Sort(violations []Violation) {
	slices.SortStableFunc(violations, func(a, b Violation) int {
		return cmp.Or(
			-compareBool(a.Fatal, b.Fatal),
			cmp.Compare(severityRank(a.Severity), severityRank(b.Severity)),
			compareBool(a.Known, b.Known),
			compareBool(!callerKnown(&a), !callerKnown(&b)),
			compareTime(a.FirstSeen, b.FirstSeen),
			cmp.Compare(a.Function, b.Function),
			cmp.Compare(a.ID, b.ID),
		)
	})
}

// callerKnown tells whether the report can say who made the call, and not only near what, or
// below whom.
func callerKnown(v *Violation) bool {
	caller := callerFrame(v)
	return caller >= 0 && v.NativeStack[caller].Function != nil && !v.NativeStack[caller].Nearest
}

// compareTime orders the earlier first, and what has no time last.
func compareTime(a, b *time.Time) int {
	switch {
	case a == nil || b == nil:
		return compareBool(a == nil, b == nil)
	default:
		return a.Compare(*b)
	}
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
