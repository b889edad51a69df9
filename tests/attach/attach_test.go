// Package attach holds the end-to-end tests of `gilwatch attach`: the fixtures of the
// gates, in processes that run already.
package attach

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/gilwatch/gilwatch/internal/probe"
	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

const violated = 66

// needProbes skips where the kernel or the rights are missing. Root with CI=true has both,
// or should have.
func needProbes(t *testing.T) {
	t.Helper()
	for _, fact := range probe.Surroundings() {
		if fact.Obstacle == nil {
			continue
		}
		if os.Getenv("CI") == "true" && os.Getuid() == 0 {
			t.Fatal(fact.Obstacle)
		}
		t.Skipf("cannot attach here: %v", fact.Obstacle)
	}
}

// attached is a gilwatch that watches.
type attached struct {
	*started
	report string
}

// attach starts one and waits until it watches.
func attach(t *testing.T, l live, flags ...string) attached {
	t.Helper()
	return attachPids(t, []string{"--pid", strconv.Itoa(l.pid())}, flags...)
}

func attachPids(t *testing.T, pids []string, flags ...string) attached {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.json")
	args := append([]string{watch.Binary(t), "attach", "--report", "json=" + path}, pids...)
	a := attached{start(t, append(args, flags...), nil, true), path}
	a.expect("gilwatch: watching process")
	return a
}

// result waits for its end.
func (a attached) result() *watch.Result {
	a.t.Helper()
	status := a.wait()
	return result(a.t, status, a.report)
}

// gate builds a fixture of the gates' tests.
func gate(t *testing.T, py pythons.Python, name string, flags fixture.Flags) fixture.Module {
	t.Helper()
	return fixture.Build(t, py, "../gate/testdata/"+name, flags)
}

// debug is Lazy with line numbers.
var debug = fixture.Lazy.With("debug", "-g")

// underRun runs the same lines in a python of its own, under gilwatch run.
func underRun(t *testing.T, py pythons.Python, lines []string, modules ...fixture.Module) *watch.Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.json")
	l := startLive(t, py, []string{watch.Binary(t), "run", "--quiet", "--report", "json=" + path, "--"}, modules...)
	for _, line := range lines {
		l.tell(line)
	}
	return result(t, l.end(), path)
}

// same fails unless two reports have the same violations.
func same(t *testing.T, got, want *watch.Result) {
	t.Helper()
	gots, wants := summaries(got), summaries(want)
	for id, want := range wants {
		if got := gots[id]; got != want {
			t.Errorf("violation %s:\nattach %s\nrun    %s", id, got, want)
		}
	}
	for id, got := range gots {
		if wants[id] == "" {
			t.Errorf("violation %s is only found by attach: %s", id, got)
		}
	}
}

// summaries are what must be equal of violations, by id.
func summaries(r *watch.Result) map[string]string {
	all := map[string]string{}
	for _, v := range r.Report.Violations {
		var stack, released, started []string
		for _, f := range v.NativeStack[:min(3, len(v.NativeStack))] {
			stack = append(stack, place(f))
		}
		for _, f := range v.ReleasedAt {
			released = append(released, place(f))
		}
		for _, f := range v.ThreadStartedAt[:min(1, len(v.ThreadStartedAt))] {
			started = append(started, place(f))
		}
		all[v.ID] = fmt.Sprint(v.Function, v.Kind, v.Severity, v.Count, v.Fatal, v.TailCall, stack, released, started, v.PythonStack)
	}
	return all
}

// place is a frame without its module's folder: that has several names.
func place(f watch.Frame) string {
	var module, line any
	if f.Module != nil {
		module = filepath.Base(*f.Module)
	}
	if f.Line != nil {
		line = *f.Line
	}
	function := "?"
	if f.Function != nil {
		function = *f.Function
	}
	return fmt.Sprint(function, " ", module, ":", line)
}
