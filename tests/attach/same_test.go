package attach

import (
	"fmt"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// survived are wrong calls that every version survives, and right are their twins.
var (
	survived = []string{
		"calls.wrong_truth()", "[calls.wrong_truth() for _ in range(999)]", "calls.wrong_long(7)", "calls.wrong_callable(len)",
		"foreign.wrong_while_held()", "foreign.wrong_while_free()", "foreign.wrong_after_release()",
		"nested.wrong_nested()", "tailcall.wrong_truth()", "tailcall.wrong_sort()",
		"states.wrong_after_release()", "states.wrong_after_delete()", "states.wrong_maker()", "states.wrong_lender()",
		"subinterp.wrong_visit()", "subinterp.wrong_after_visit()",
	}
	right = []string{
		"calls.right_truth()", "calls.right_capsule()", "calls.right_long(7)", "calls.right_callable(len)",
		"foreign.right_ensured()", "foreign.right_release_own()", "nested.right_nested()", "nested.right_ensure_attached()",
		"tailcall.right_truth()", "tailcall.right_five()", "tailcall.right_sort()",
		"states.right_moved()", "states.right_moved()", "states.right_lender()", "subinterp.right_visit()", "subinterp.right_visit()",
	}
	fixtures = []string{"calls.c", "foreign.c", "nested.c", "tailcall.c", "states.c", "subinterp.c"}
)

const imports = "import calls, foreign, nested, tailcall, states, subinterp"

// Attached late, it finds in a process what run finds in one of the same program: the same
// ids, counts, frames and Python stacks. In a process that does right, it finds nothing.
func TestSameAsRun(t *testing.T) {
	needProbes(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) { sameAsRun(t, py, debug) })
}

// As Rust calls: through slots, without stubs.
func TestSameAsRunThroughSlots(t *testing.T) {
	needProbes(t)
	all := pythons.All(t)
	if len(all) == 0 {
		t.Skip("no interpreter")
	}
	sameAsRun(t, all[len(all)-1], fixture.NoPLT)
}

func sameAsRun(t *testing.T, py pythons.Python, flags fixture.Flags) {
	var modules []fixture.Module
	for _, name := range fixtures {
		modules = append(modules, gate(t, py, name, flags))
	}
	l, twin := startLive(t, py, nil, modules...), startLive(t, py, nil, modules...)
	l.do(imports)
	twin.do(imports)
	a := attachPids(t, []string{"--pid", fmt.Sprintf("%d,%d", l.pid(), twin.pid())})
	for _, call := range survived {
		l.do(call)
	}
	for _, call := range right {
		twin.do(call)
	}
	l.end()
	twin.end()
	got := a.result()
	got.Exit(t, violated)
	got.Watched(t)
	if n := got.Report.Summary.ProcessesWatched; n != 2 {
		t.Errorf("%d processes watched, want 2", n)
	}
	for _, v := range got.Report.Violations {
		if len(v.Processes) != 1 || v.Processes[0] != l.pid() {
			t.Errorf("violated by processes %v: %s", v.Processes, v)
		}
	}
	want := underRun(t, py, append([]string{imports}, survived...), modules...)
	if len(want.Report.Violations) < 10 {
		t.Fatalf("run finds %d violations", len(want.Report.Violations))
	}
	same(t, got, want)
}

// The first wrong call of a process, from 3.12 on its last: the violation is there, with its
// stacks, though the process is not.
func TestCrash(t *testing.T) {
	needProbes(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		module := gate(t, py, "calls.c", debug)
		l := startLive(t, py, nil, module)
		l.do("import calls")
		a := attach(t, l)
		l.tell("calls.wrong_capsule()")
		l.end()
		got := a.result()
		got.Only(t, watch.Want{Function: "PyCapsule_New", Module: module.File, Fatal: py.ThreadLocal()})
		same(t, got, underRun(t, py, []string{"import calls", "calls.wrong_capsule()"}, module))
		if len(got.Report.Violations[0].PythonStack) == 0 {
			t.Error("no Python stack")
		}
	})
}
