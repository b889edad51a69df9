package faults

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

var (
	floodStacks = flag.Int("stacks", 6400, "distinct stacks of a flood, over 64 threads")
	floodCalls  = flag.Int("calls", 1_000_000, "violations of one site in a flood")
)

const floodThreads = 64

// newest is the last interpreter at hand with its floods.c.
func newest(t *testing.T) (pythons.Python, fixture.Module) {
	t.Helper()
	all := pythons.All(t)
	if len(all) == 0 {
		t.Skip("no python")
	}
	py := all[len(all)-1]
	return py, fixture.Build(t, py, "testdata/floods.c", fixture.Lazy)
}

// sum is how many violations, and how many calls, a journal has.
func sum(j *journal.Journal) (stacks int, calls uint64) {
	for i := range j.Violations {
		calls += j.Violations[i].Count
	}
	return len(j.Violations), calls
}

// Every stack of a flood is in the journal with every call, and the report is made of them in
// bounded time and memory.
func TestFloodOfStacks(t *testing.T) {
	py, module := newest(t)
	w := openSession(t, session.Options{})
	each := *floodStacks / floodThreads
	start := time.Now()
	w.run(t, watch.Python(py, fmt.Sprintf("import floods; floods.stacks(%d, %d, 2)", floodThreads, each), module))
	took := time.Since(start)
	j := w.journal(t)
	stacks, calls := sum(j)
	if want := floodThreads * each; stacks != want || calls != uint64(2*want) || j.Lost != 0 {
		t.Errorf("%d stacks with %d calls, %d lost; want %d with %d", stacks, calls, j.Lost, want, 2*want)
	}
	start = time.Now()
	r := w.finish(t)
	t.Logf("%d stacks: recorded in %v, report of %d violations made in %v", stacks, took, len(r.Violations), time.Since(start))
	if r.Summary.Occurrences != calls || r.Summary.Lost != 0 {
		t.Errorf("the report has %d calls, %d lost", r.Summary.Occurrences, r.Summary.Lost)
	}
}

// Millions of violations at one site cost a counter each: neither the process nor its journal
// grows.
func TestFloodOfOneSite(t *testing.T) {
	py, module := newest(t)
	w := openSession(t, session.Options{})
	code := fmt.Sprintf(`
import floods, os, time
def state():
    # statm sums up what each processor has counted by itself, in steps of 32 pages.
    rss = next(l for l in open("/proc/self/smaps_rollup") if l.startswith("Rss:"))
    return int(rss.split()[1]) * 1024, len(os.listdir("/proc/self/fd")), time.thread_time()
for round in range(3): # the first ones read pages of their files for the first time
    before = state()
    floods.one(%d)
    after = state()
print(*(b - a for a, b in zip(before, after)))
`, *floodCalls/3)
	out := w.run(t, watch.Python(py, code, module))
	var grown, descriptors int
	var seconds float64
	if _, err := fmt.Sscan(out, &grown, &descriptors, &seconds); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	t.Logf("%d violations of one site: %.0f ns each, %d bytes more in memory", *floodCalls, seconds*1e9/float64(*floodCalls/3), grown)
	const pages = 64 << 10 // Python's own doing
	if grown > pages || descriptors != 0 {
		t.Errorf("the process grew by %d bytes and %d descriptors", grown, descriptors)
	}
	j := w.journal(t)
	if stacks, calls := sum(j); stacks != 1 || calls != uint64(*floodCalls/3*3) || j.Lost != 0 {
		t.Errorf("%d stacks with %d calls, %d lost", stacks, calls, j.Lost)
	}
	if r := w.finish(t); r.Summary.Occurrences != uint64(*floodCalls/3*3) {
		t.Errorf("the report has %d calls", r.Summary.Occurrences)
	}
}
