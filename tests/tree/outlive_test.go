package tree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// onTwo runs f for two interpreters: what it tests is the same on every version.
func onTwo(t *testing.T, f func(t *testing.T, py pythons.Python)) {
	t.Helper()
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if py.Minor != 13 && !py.Static {
			t.Skip("the same on every version")
		}
		f(t, py)
	})
}

// daemon leaves a process behind by two forks and a setsid, as daemons do. It reads its
// FIFO to the end, does what it is told to, and writes a file when it has.
const daemon = `
import os, sys
folder, function, out, fifo, done = sys.argv[1:6]
sys.path.insert(0, folder)
import calls
go, ready = os.pipe()
if os.fork():
    os.close(ready)
    os.read(go, 1)      # not before the daemon says so
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
os.write(os.open(out, os.O_WRONLY | os.O_CREAT), str(os.getpid()).encode())
os.close(ready)
os.close(go)
os.dup2(os.open(out + ".err", os.O_WRONLY | os.O_CREAT), 2)
os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
open(fifo).read()
getattr(calls, function)()
if os.fork() == 0:
    getattr(calls, function)()
    os._exit(0)
assert os.wait()[1] == 0
assert os.system("true") == 0
import subprocess
subprocess.check_call([sys.executable, "-c", "pass"])
os.rename(out + ".err", done)
`

// daemonCommand is the command that leaves the daemon behind.
func daemonCommand(t *testing.T, py pythons.Python, function string) (c watch.Command, out, fifo, done string) {
	t.Helper()
	folder := t.TempDir()
	out, fifo, done = filepath.Join(folder, "out"), filepath.Join(folder, "fifo"), filepath.Join(folder, "done")
	makeFIFO(t, fifo)

	return watch.Command{Args: []string{py.Path, "-c", daemon, calls(t, py).Dir, function, out, fifo, done}}, out, fifo, done
}

// A daemon that ends within the time is waited for, and all that it did is in the report.
func TestDaemonIsWaitedFor(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for function, violations := range map[string]int{"wrong_truth": 2, "right_truth": 0} {
			command, out, fifo, done := daemonCommand(t, py, function)
			command.Flags = []string{"--wait-children", "1m"}
			go func() {
				appears(t, out)
				tell(t, fifo)
			}()
			result := watch.Run(t, command)
			result.Watched(t)
			if said, err := os.ReadFile(done); err != nil || len(said) > 0 {
				t.Errorf("the daemon did not end well: %v, %s", err, said)
			}
			if violations == 0 {
				result.Clean(t)
			} else {
				result.Exit(t, violated)
				result.Only(t, watch.Want{Function: touched, Count: violations})
			}
			for _, p := range result.Report.Processes {
				if p.Running || p.Ended == nil {
					t.Errorf("process %d, child of %d: running %v, ended %v, want its end", p.PID, p.PPID, p.Running, p.Ended)
				}
			}
		}
	})
}

// A daemon that does not is named, and what it does afterwards is its own affair: nothing
// of it fails, and nothing is written to its stderr.
func TestDaemonIsLeft(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		command, out, fifo, done := daemonCommand(t, py, "wrong_truth")
		command.Flags = []string{"--wait-children", "0"}
		command.Env = []string{"TMPDIR=" + t.TempDir()}
		result := watch.Run(t, command)
		result.Exit(t, 0)
		pid, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		running := 0
		for _, p := range result.Report.Processes {
			if p.Running {
				running++
				if itoa(p.PID) != string(pid) || p.Ended != nil || p.ExitCode != nil || !p.Watched {
					t.Errorf("%+v is said to run, want pid %s", p, pid)
				}
			}
		}
		if running != 1 {
			t.Errorf("%d processes are said to run, want the daemon\n%s", running, result)
		}
		tell(t, fifo)
		appears(t, done)
		if said, err := os.ReadFile(done); err != nil || len(said) > 0 {
			t.Errorf("the daemon's stderr: %v, %s", err, said)
		}

		// Once it has ended, the next session removes the shim that was left for it.
		gone(t, string(pid))
		watch.Run(t, watch.Command{Args: []string{"true"}, Env: command.Env})
		if left, _ := filepath.Glob(strings.TrimPrefix(command.Env[0], "TMPDIR=") + "/gilwatch-*"); len(left) > 0 {
			t.Errorf("%s were left behind", left)
		}
	})
}

// What a shell leaves running, and has not yet become a Python, is waited for as well.
func TestShellLeavesPython(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for _, function := range []string{"wrong_truth", "right_truth"} {
			out := filepath.Join(t.TempDir(), "out")
			command := watch.Command{
				Args:  []string{"sh", "-c", `nohup "$@" >/dev/null 2>&1 &`, "sh", py.Path, file(t, "leaf.py"), calls(t, py).Dir, function, out, "nohup"},
				Flags: []string{"--wait-children", "1m"},
			}
			result := watch.Run(t, command)
			found := leaves(t, out)
			if len(found) != 1 {
				t.Fatalf("%d leaves", len(found))
			}
			result.Report.Processes = withoutCommand(result.Report.Processes)
			found[0].PPid = result.Report.Processes[0].PPID // its parent ends when it likes
			each(t, result, found, function)
		}
	})
}

// withoutCommand leaves out the command itself, a shell.
func withoutCommand(all []watch.Process) (rest []watch.Process) {
	for _, p := range all {
		if p.Watched {
			rest = append(rest, p)
		}
	}
	return rest
}

// appears waits for a file that is not empty, or of any size once it was renamed.
func appears(t *testing.T, path string) {
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if info, err := os.Stat(path); err == nil && (info.Size() > 0 || filepath.Base(path) == "done") {
			return
		}
	}
	t.Errorf("%s did not appear", path)
}

// gone waits for the end of a process.
func gone(t *testing.T, pid string) {
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if environ, err := os.ReadFile("/proc/" + pid + "/environ"); err != nil || len(environ) == 0 {
			return
		}
	}
	t.Errorf("process %s did not end", pid)
}
