// Package faults is the fault campaign: processes that die at random moments, in every way
// they can, while violations are raised in several of their threads. Each counts its calls
// itself, in a file that outlives it, and the report is held against that.
//
//	go test ./tests/faults -run TestDeaths -v -rounds 200
package faults

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

var (
	rounds = flag.Int("rounds", 3, "how often a process dies of each kind of death")
	seed   = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the random moments")
)

// latest is the longest that a process lives from when its threads have begun.
const latest = 40 * time.Millisecond

// death is one way to end.
type death struct {
	name   string
	status int    // of gilwatch
	fatal  string // the function that the process dies in; "" if it dies elsewhere
	any    bool   // it dies by a signal of its own making, near calls that have returned
}

var deaths = []death{
	{name: "segv", status: 128 + int(syscall.SIGSEGV), fatal: "fatal_segv"},
	{name: "abort", status: 128 + int(syscall.SIGABRT), fatal: "fatal_abort"},
	{name: "bus", status: 128 + int(syscall.SIGBUS), fatal: "fatal_bus"},
	{name: "overflow", status: 128 + int(syscall.SIGSEGV), any: true},
	{name: "outside", status: 128 + int(syscall.SIGSEGV), any: true},
	{name: "kill", status: 128 + int(syscall.SIGKILL)},
	{name: "leave", status: 5},
	{name: "exec", status: violated},
	{name: "exit", status: violated},
	{name: "oom", status: 128 + int(syscall.SIGKILL)},
	{name: "shot", status: 128 + int(syscall.SIGKILL)},
}

const violated = 66 // --error-exitcode's default

// campaign is a kind of death, many times, by turns on all interpreters.
type campaign struct {
	random  *rand.Rand
	modules map[string]fixture.Module
	pythons []pythons.Python
}

func newCampaign(t *testing.T, number int) *campaign {
	t.Helper()
	c := &campaign{random: rand.New(rand.NewPCG(*seed, uint64(number))), pythons: pythons.All(t), modules: map[string]fixture.Module{}}
	if len(c.pythons) == 0 {
		t.Skip("no python")
	}
	for _, py := range c.pythons {
		c.modules[py.Path] = fixture.Build(t, py, "testdata/faults.c", fixture.Lazy)
	}
	return c
}

// delay is a random moment.
func (c *campaign) delay() time.Duration { return time.Duration(c.random.Int64N(int64(latest))) }

// python is the interpreter of a round. Where it begins is random, too, so that few rounds
// of many kinds meet all.
func (c *campaign) python(first, round int) pythons.Python {
	return c.pythons[(first+round)%len(c.pythons)]
}

// command runs faults.c.
func (c *campaign) command(py pythons.Python, prelude, death, counts string, delay time.Duration) watch.Command {
	code := fmt.Sprintf("%s\nimport faults\nfaults.run(%q, %q, %d)\nprint('done', flush=True)", prelude, counts, death, delay.Microseconds())
	return watch.Python(py, code, c.modules[py.Path])
}

// TestDeaths: whatever a process dies of, what it did before is in the report.
func TestDeaths(t *testing.T) {
	t.Logf("seed %d", *seed)
	for number, d := range deaths {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			c := newCampaign(t, number)
			var all tally
			first := c.random.IntN(len(c.pythons))
			for round := range *rounds {
				all.add(c.round(t, d, c.python(first, round)))
				if t.Failed() {
					t.Fatalf("in round %d", round)
				}
			}
			if all.Made == 0 {
				t.Error("nothing was raised in any round")
			}
			t.Log(all)
		})
	}
}

// round lets one process die, and judges its report.
func (c *campaign) round(t *testing.T, d death, py pythons.Python) tally {
	t.Helper()
	file, prelude := filepath.Join(t.TempDir(), "counts"), ""
	if d.name == "oom" {
		prelude = fmt.Sprintf("open(%q, 'w').write('0')", memoryGroup(t))
	}
	result := watch.Run(t, c.command(py, prelude, d.name, file, c.delay()))
	if result.Report == nil {
		t.Fatalf("no report\n%s", result)
	}
	want := d.status
	if want == violated && result.Report.Summary.Errors == 0 { // it was over before any thread had begun
		want = 0
	}
	if result.Status != want {
		t.Fatalf("%s: %s: status %d, want %d\n%s", py.Name(), d.name, result.Status, want, result)
	}
	sum := judge(t, readCounts(t, file), result.Report.Violations, result.Report.Summary.Lost)
	c.judgeFatal(t, d, py, result)
	return sum
}

// judgeFatal holds that the call in which the process died is fatal, and no other.
func (c *campaign) judgeFatal(t *testing.T, d death, py pythons.Python, result *watch.Result) {
	t.Helper()
	var fatal []string
	for _, v := range result.Report.Violations {
		if v.Fatal {
			fatal = append(fatal, *v.NativeStack[0].Function)
		}
	}
	switch {
	case d.any && len(fatal) <= 1:
	case d.fatal == "" && len(fatal) == 0:
	case len(fatal) == 1 && fatal[0] == d.fatal:
	default:
		t.Errorf("%s: %s: fatal are %q, want %q", py.Name(), d.name, fatal, d.fatal)
	}
}
