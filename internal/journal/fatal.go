package journal

import (
	"cmp"
	"slices"
	"time"
)

// together is how near in time two calls were that may both have been under way when the
// process died: more than a busy machine takes from a call to the death in it.
const together = 500 * time.Millisecond

// FatalEntry is the offset of the violation in whose call a process died that died by a
// signal of its own making; 0 is none that is known.
//
// A mark stays open until its thread is seen to do something else, so in the threads that
// go on violating while one dies the call may have returned. Of the calls made last, the
// one whose stack has returned from the call the least often is the one that did not.
func (j *Journal) FatalEntry() uint64 {
	newest := j.newestMark()
	if newest == nil {
		return 0
	}
	end := j.lastOf(newest)
	var fatal *Mark
	for i := range j.Marks {
		m := &j.Marks[i]
		if !m.Open || m != newest && end.Sub(j.lastOf(m)) > together {
			continue
		}
		if fatal == nil || j.returned(m) < j.returned(fatal) ||
			j.returned(m) == j.returned(fatal) && m.Sequence > fatal.Sequence {
			fatal = m
		}
	}
	if fatal == nil || j.violationOf(fatal) == nil {
		return 0
	}
	return fatal.Entry
}

func (j *Journal) newestMark() *Mark {
	var newest *Mark
	for i := range j.Marks {
		if m := &j.Marks[i]; newest == nil || m.Sequence > newest.Sequence {
			newest = m
		}
	}
	return newest
}

// violationOf is the violation of a mark, or nil: entries lie in the order of their offsets.
func (j *Journal) violationOf(m *Mark) *Violation {
	i, found := slices.BinarySearchFunc(j.Violations, m.Entry, func(v Violation, entry uint64) int {
		return cmp.Compare(v.Offset, entry)
	})
	if !found {
		return nil
	}
	return &j.Violations[i]
}

func (j *Journal) lastOf(m *Mark) time.Time {
	if v := j.violationOf(m); v != nil {
		return v.Last
	}
	return time.Time{}
}

// returned is how often a call of the mark's stack has returned, if its last one has not.
func (j *Journal) returned(m *Mark) uint64 {
	if v := j.violationOf(m); v != nil {
		return v.Count
	}
	return 0
}
