package journal

import (
	"testing"
	"time"
)

// The call in which a process died, among those that its threads made last.
func TestFatalEntry(t *testing.T) {
	type call struct {
		count    uint64
		before   time.Duration // how long before the newest
		returned bool
	}
	for name, c := range map[string]struct {
		calls []call // in the order of their sequence
		want  int    // index; -1 is none
	}{
		"no call":                       {nil, -1},
		"the only one":                  {[]call{{1, 0, false}}, 0},
		"it returned":                   {[]call{{1, 0, true}}, -1},
		"a loop, and a new one":         {[]call{{1, time.Millisecond, false}, {900, 0, false}}, 0},
		"a loop that attaches":          {[]call{{1, time.Millisecond, false}, {900, 0, true}}, 0},
		"a new one after a loop":        {[]call{{900, time.Millisecond, false}, {1, 0, false}}, 1},
		"both new":                      {[]call{{1, time.Millisecond, false}, {1, 0, false}}, 1},
		"a thread that rests, a loop":   {[]call{{1, time.Minute, false}, {900, 0, false}}, 1},
		"a thread that rests, returned": {[]call{{1, time.Minute, false}, {900, 0, true}}, -1},
	} {
		now := time.Unix(1700000000, 0)
		j := new(Journal)
		for range c.calls {
			j.Violations = append(j.Violations, Violation{Kind: "gil-not-held"})
		}
		j.Bytes() // sets the offsets
		for i, made := range c.calls {
			v := &j.Violations[i]
			v.Count, v.Last = made.count, now.Add(-made.before)
			j.Marks = append(j.Marks, Mark{int32(i + 1), !made.returned, v.Offset, uint64(1000 + i)})
		}
		var want uint64
		if c.want >= 0 {
			want = j.Violations[c.want].Offset
		}
		if got := j.FatalEntry(); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// A mark of nothing is no reason to name another call.
func TestFatalEntryOfNothing(t *testing.T) {
	j := sample()
	j.Bytes()
	j.Marks = append(j.Marks, Mark{Tid: 9, Open: true, Entry: 8, Sequence: 99})
	if got := j.FatalEntry(); got != 0 {
		t.Errorf("%d", got)
	}
}
