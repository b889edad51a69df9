package attach

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// It ends on Ctrl-C and after --duration, with a report, and the process runs on.
func TestEnds(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	l := startLive(t, py, nil, module)
	l.do("import calls")
	a := attach(t, l)
	l.do("calls.wrong_truth()")
	a.cmd.Process.Signal(syscall.SIGINT)
	got := a.result()
	got.Exit(t, violated)
	got.Only(t, watch.Want{Function: "PyObject_IsTrue"})

	a = attach(t, l, "--duration", "1ms")
	got = a.result()
	got.Clean(t)
	l.do("calls.wrong_truth()") // nobody looks
	if status := l.end(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// The brake switches the hottest site off, names it, and lets the others be.
func TestBrake(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	l := startLive(t, py, nil, module)
	l.do("import calls, time")
	a := attach(t, l, "--brake", "1000")
	// Until a call of the loop is no probed one any more, which is seen by the clock alone: it
	// goes on for as long as the brake may take to look.
	l.do("end = time.monotonic() + 3")
	l.do("while time.monotonic() < end: calls.right_long(7)")
	l.do("calls.wrong_callable(len)")
	l.end()
	got := a.result()
	found := false
	for _, v := range got.Report.Violations {
		found = found || v.Function == "PyCallable_Check"
	}
	if !found {
		t.Errorf("the site that was called once is switched off as well\n%s", got)
	}
	gaps := strings.Join(got.Report.Processes[0].Gaps, "\n")
	if !strings.Contains(gaps, "calls of PyLong_AsLong are not watched any more") {
		t.Errorf("the hottest site is not named: %s", gaps)
	}
}

// run --backend uprobe watches what takes no preloaded library, from its first instruction.
func TestRunBackend(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	for code, wants := range map[string][]watch.Want{
		"import calls; calls.wrong_truth()": {{Function: "PyObject_IsTrue", Module: module.File}},
		"import calls; calls.right_truth()": nil,
	} {
		command := watch.Python(py, code, module)
		command.Flags = []string{"--backend", "uprobe"}
		got := watch.Run(t, command)
		got.Watched(t)
		got.Only(t, wants...)
	}
}

// What stands between, and stops when the program is stopped to be looked at, goes on with it: a
// gilwatch run, as sudo. Both find the same.
func TestRunBackendBeforeRun(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	for code, wants := range map[string][]watch.Want{
		"import calls, json, decimal; calls.wrong_truth()": {{Function: "PyObject_IsTrue", Module: module.File}},
		"import calls, json, decimal; calls.right_truth()": nil,
	} {
		path := filepath.Join(t.TempDir(), "inner.json")
		command := watch.Python(py, code, module)
		command.Flags = []string{"--backend", "uprobe"}
		command.Args = append([]string{watch.Binary(t), "run", "--quiet", "--report", "json=" + path, "--"}, command.Args...)
		outer := watch.Run(t, command)
		report, err := watch.ReadReport(path)
		if err != nil {
			t.Fatalf("%v\n%s", err, outer)
		}
		for name, got := range map[string]*watch.Result{"outer": outer, "inner": {Status: outer.Status, Report: report}} {
			if got.Watched(t); len(got.Report.Violations) != len(wants) {
				t.Errorf("%s: %v", name, got.Report.Violations)
			}
			got.Only(t, wants...)
		}
	}
}

// Whoever lies stopped for a reason of the program's own stays so, while what it started loads a
// module.
func TestRunBackendLeavesStopped(t *testing.T) {
	needProbes(t)
	py := one(t)
	const code = `
import os, signal, subprocess, sys
child = "import sys; print('ready', flush=True); sys.stdin.readline(); import _decimal; print('loaded', flush=True); sys.stdin.readline()"
shell = subprocess.Popen(["sh", "-c", '"$@"; exit 7', "sh", sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
shell.stdout.readline()
os.kill(shell.pid, signal.SIGSTOP)
os.waitid(os.P_PID, shell.pid, os.WSTOPPED | os.WNOWAIT)
shell.stdin.write("\n"); shell.stdin.flush()
print(shell.stdout.readline(), end="")
print(open("/proc/%d/stat" % shell.pid).read().rsplit(")", 1)[1].split()[0])
os.kill(shell.pid, signal.SIGCONT)
shell.stdin.write("\n"); shell.stdin.flush()
print(shell.wait())
`
	command := watch.Python(py, code)
	command.Flags = []string{"--backend", "uprobe"}
	got := watch.Run(t, command)
	got.Exit(t, 0)
	got.Prints(t, "loaded\nT\n7\n")
}
