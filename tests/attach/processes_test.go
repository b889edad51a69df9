package attach

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/gilwatch/gilwatch/internal/procstat"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

func pidFlags(all ...live) []string {
	var flags []string
	for _, l := range all {
		flags = append(flags, "--pid", fmt.Sprint(l.pid()))
	}
	return flags
}

// forking calls in a forked child, which it waits for, and then in itself.
const forking = `exec("import os\npid = os.fork()\nif pid == 0:\n    calls.%[1]s()\n    os._exit(0)\nos.waitpid(pid, 0)\ncalls.%[1]s()")`

// Children are watched with --children, and only then.
func TestFork(t *testing.T) {
	needProbes(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) { fork(t, py, 2, "--children") })
}

func TestForkWithoutChildren(t *testing.T) {
	needProbes(t)
	fork(t, one(t), 1)
}

// fork wants so many processes of each of two to be watched.
func fork(t *testing.T, py pythons.Python, processes int, flags ...string) {
	t.Helper()
	module := gate(t, py, "calls.c", debug)
	l, twin := startLive(t, py, nil, module), startLive(t, py, nil, module)
	l.do("import calls")
	twin.do("import calls")
	a := attachPids(t, pidFlags(l, twin), flags...)
	l.do(fmt.Sprintf(forking, "wrong_truth"))
	twin.do(fmt.Sprintf(forking, "right_truth"))
	l.end()
	twin.end()
	got := a.result()
	v := got.Only(t, watch.Want{Function: "PyObject_IsTrue", Module: module.File, Count: processes})[0]
	if len(v.Processes) != processes {
		t.Errorf("%v: violated by processes %v", flags, v.Processes)
	}
	if n := got.Report.Summary.ProcessesWatched; n != 2*processes {
		t.Errorf("%v: %d processes watched, want %d", flags, n, 2*processes)
	}
}

// What a process executes is watched as well.
func TestExec(t *testing.T) {
	needProbes(t)
	module := gate(t, one(t), "calls.c", debug)
	const exec = "os.execv(sys.executable, [sys.executable, '-c', 'import calls; calls.WRONG(); calls.right_truth()'])"
	for name, by := range map[string]string{
		"the main thread": exec,
		"another thread":  "threading.Thread(target=lambda: " + exec + ").start()", // it is the main one from then on
	} {
		for call, count := range map[string]int{"wrong_truth": 2, "right_truth": 1} {
			t.Run(name+" "+call, func(t *testing.T) {
				l := startLive(t, one(t), nil, module)
				l.do("import calls, os, sys, threading")
				a := attach(t, l, "--stop-on-load")
				l.do("calls.wrong_truth()")
				l.tell(strings.ReplaceAll(by, "WRONG", call))
				if status := l.end(); status != 0 {
					t.Errorf("status %d", status)
				}
				got := a.result()
				got.Only(t, watch.Want{Function: "PyObject_IsTrue", Module: module.File, Count: count, PID: l.pid()})
				if n := len(got.Report.Processes); n != 2 {
					t.Errorf("%d programs in the report, want the one before and the one after", n)
				}
			})
		}
	}
}

// A gilwatch that is killed leaves no breakpoint behind, and the process running.
func TestKilled(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	l := startLive(t, py, nil, module)
	l.do("import calls")
	before := code(t, l, module.File)
	a := attach(t, l)
	if string(code(t, l, module.File)) == string(before) {
		t.Fatal("no breakpoint in the module")
	}
	a.cmd.Process.Signal(syscall.SIGKILL)
	a.wait()
	for string(code(t, l, module.File)) != string(before) { // the kernel removes them a moment later
		l.do("pass")
	}
	l.do("calls.wrong_truth()")
	if status := l.end(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// Not even a process that it has stopped for a moment stays so.
func TestKilledWhileStopped(t *testing.T) {
	needProbes(t)
	module := gate(t, one(t), "calls.c", debug)
	l := startLive(t, one(t), nil, module)
	a := attach(t, l, "--stop-on-load")
	a.cmd.Process.Signal(syscall.SIGSTOP) // it will not see what is loaded
	for !allStopped(t, a.cmd.Process.Pid) {
		runtime.Gosched()
	}
	l.tell("import calls")
	for state(t, l.pid()) != "T" {
		runtime.Gosched()
	}
	a.cmd.Process.Signal(syscall.SIGKILL)
	a.wait()
	l.expect("ok")
	l.do("calls.wrong_truth()")
	if status := l.end(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// state is the letter of a process's state, proc_pid_stat(5).
func state(t *testing.T, pid int) string {
	t.Helper()
	state := procstat.Read(pid).State()
	if state == "" {
		t.Fatalf("process %d is gone", pid)
	}
	return state
}

// allStopped tells whether no thread of a process runs any more: SIGSTOP takes each by itself.
func allStopped(t *testing.T, pid int) bool {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("process %d has no threads (%v)", pid, err)
	}
	for _, thread := range threads {
		if raw, err := os.ReadFile(thread); err == nil && procstat.Parse(string(raw)).State() != "T" {
			return false
		}
	}
	return true
}

// one is the newest interpreter.
func one(t *testing.T) pythons.Python {
	t.Helper()
	all := pythons.All(t)
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].Static {
			return all[i]
		}
	}
	t.Skip("no interpreter")
	return pythons.Python{}
}

// code is a module's code as a process has it mapped.
func code(t *testing.T, l live, module string) []byte {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", l.pid()))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		var start, end int64
		if strings.Contains(line, module) && strings.Contains(line, " r-xp ") {
			fmt.Sscanf(line, "%x-%x", &start, &end)
			memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", l.pid()))
			if err != nil {
				t.Fatal(err)
			}
			defer memory.Close()
			data := make([]byte, end-start)
			if _, err := memory.ReadAt(data, start); err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	t.Fatalf("%s is not mapped", module)
	return nil
}
