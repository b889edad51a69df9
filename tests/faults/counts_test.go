package faults

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// The dimensions of faults.c.
const (
	threads = 4
	sites   = 3
)

// interval is what a process counted of one site: the calls that it began, and those that
// it knows to have returned. The true number of violations lies between them.
type interval struct{ before, after uint64 }

// counts are the intervals by the name of the function that calls.
type counts map[string]interval

// readCounts reads the file that faults.c maps.
func readCounts(t *testing.T, path string) counts {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) != (threads+1)*sites*16 {
		t.Fatalf("%s has %d bytes", path, len(data))
	}
	all := counts{}
	for i := range (threads + 1) * sites {
		name := fmt.Sprintf("t%d_s%d", i/sites, i%sites)
		all[name] = interval{binary.NativeEndian.Uint64(data[16*i:]), binary.NativeEndian.Uint64(data[16*i+8:])}
	}
	return all
}

// tally is what became of the calls of one round, or of many.
type tally struct {
	Rounds   int
	Made     uint64 // calls that were begun
	Reported uint64
	Open     uint64 // begun and not known to have returned: reported or not
	Unsaid   uint64 // of those, the ones that are not in the report
	Said     uint64 // what the reports called lost
	Lost     uint64 // returned, and not in the report
	Invented uint64 // in the report, and never begun
	Stacks   int    // distinct violations
}

func (a *tally) add(b tally) {
	a.Rounds += b.Rounds
	a.Made += b.Made
	a.Reported += b.Reported
	a.Open += b.Open
	a.Unsaid += b.Unsaid
	a.Said += b.Said
	a.Lost += b.Lost
	a.Invented += b.Invented
	a.Stacks += b.Stacks
}

// judge holds a report against what the process counted itself. The dying thread's functions
// are known by other names.
func judge(t *testing.T, made counts, violations []watch.Violation, lost int) tally {
	t.Helper()
	reported := map[string]uint64{}
	for _, v := range violations {
		name := "none"
		if len(v.NativeStack) > 0 && v.NativeStack[0].Function != nil {
			name = *v.NativeStack[0].Function
		}
		switch name {
		case "fatal_segv", "fatal_abort", "fatal_bus":
			name = fmt.Sprintf("t%d_s0", threads)
		case "overflow":
			name = fmt.Sprintf("t%d_s1", threads)
		}
		if _, known := made[name]; !known {
			t.Errorf("a violation that nobody made: %s", v)
		}
		reported[name] += uint64(v.Count)
	}
	sum := tally{Rounds: 1, Said: uint64(lost), Stacks: len(violations)}
	for name, made := range made {
		n := reported[name]
		sum.Made += made.before
		sum.Reported += n
		sum.Open += made.before - made.after
		if made.before-made.after > 1 {
			t.Errorf("%s: %d calls begun and %d returned in one thread", name, made.before, made.after)
		}
		switch {
		case n > made.before:
			sum.Invented += n - made.before
			t.Errorf("%s: %d reported, %d made", name, n, made.before)
		case n < made.after:
			sum.Lost += made.after - n
			t.Errorf("%s: %d reported, %d returned", name, n, made.after)
		case n < made.before:
			sum.Unsaid += made.before - n
		}
	}
	if sum.Said > sum.Unsaid {
		t.Errorf("the report says that %d are lost; %d can be", sum.Said, sum.Unsaid)
	}
	return sum
}
