package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// on runs f for every interpreter, with the fixture and a session folder.
func on(t *testing.T, f func(t *testing.T, py pythons.Python, m fixture.Module, s folder)) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		f(t, py, calls(t, py), newFolder(t))
	})
}

// A violation is reported on stderr, once; the program prints and ends as without gilwatch.
func TestReport(t *testing.T) {
	const script = `
import calls, sys
for _ in range(1000):
    calls.CALL()
print("done")
sys.exit(7)
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		result := s.run(t, watch.Python(py, with(script, "wrong_truth"), m))
		result.Exit(t, 7)
		result.Prints(t, "done\n")
		whole(t, result, "PyObject_IsTrue", "wrong_truth")
		if found := reports(result.Stderr); len(found) != 1 {
			t.Errorf("reported: %q, want one\n%s", found, result)
		}
		if want := "gilwatch: 1 error in 1 of 1 process;"; !strings.Contains(result.Stderr, want) {
			t.Errorf("stderr lacks %q\n%s", want, result)
		}
		silent(t, s, watch.Python(py, with(script, "right_truth"), m))
	})
}

// Different violations are reported in their order, each when it happens: before the line
// that the program prints to stderr after it.
func TestReportedAtOnce(t *testing.T) {
	const script = `
import calls, sys
calls.wrong_truth()
print("MARK", file=sys.stderr, flush=True)
calls.wrong_long(7)
calls.wrong_callable(len)
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		result := s.run(t, watch.Python(py, script, m))
		result.Exit(t, 0)
		before, after, _ := strings.Cut(result.Stderr, "MARK\n")
		if !strings.Contains(before, "PyObject_IsTrue called") || strings.Contains(after, "PyObject_IsTrue called") {
			t.Errorf("PyObject_IsTrue is not reported before what follows\n%s", result)
		}
		if !strings.Contains(after, "warning[gil-not-held]: PyLong_AsLong") {
			t.Errorf("the second one is not reported\n%s", result)
		}
		if strings.Contains(result.Stderr, "PyCallable_Check") { // a note: counted, not listed
			t.Errorf("a note is listed\n%s", result)
		}
	})
}

// The call in which the process dies is reported before it dies.
func TestReportBeforeACrash(t *testing.T) {
	const script = "import calls; calls.CALL(); print('alive')"
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		command := watch.Python(py, with(script, "wrong_capsule"), m)
		bare, result := watch.Bare(t, command), s.run(t, command)
		status := 0
		if py.ThreadLocal() {
			status = crashed
		}
		bare.Exit(t, status)
		result.Exit(t, status)
		result.Prints(t, bare.Stdout)
		whole(t, result, "PyCapsule_New", "wrong_capsule")
		silent(t, s, watch.Python(py, with(script, "right_capsule"), m))
	})
}

// seen is what the process tells of itself before and after.
const seen = `
def seen():
    with open("/proc/self/status") as status:
        lines = dict(line.split(":\t", 1) for line in status)
    return {name: lines[name].strip() for name in ("Threads", "SigBlk", "SigIgn", "SigCgt")}
`

// Before the first violation the process is as it is without the shim: one thread, no
// handler. After it every disposition is what it was; only glibc's own signal 33 (setxid),
// which it catches when a second thread begins, may be new.
func TestSignalsStay(t *testing.T) {
	const script = seen + `
import calls, faulthandler, json, signal, sys
faulthandler.enable()
signal.signal(signal.SIGUSR1, lambda *_: print("USR1"))
signal.signal(signal.SIGHUP, signal.SIG_IGN)
before = seen()
calls.CALL()
after = seen()
signal.raise_signal(signal.SIGUSR1)
setxid = 1 << (33 - 1)
caught = int(after["SigCgt"], 16) ^ int(before["SigCgt"], 16)
print(json.dumps(before))
print(caught & ~setxid, [after[n] == before[n] for n in ("SigBlk", "SigIgn")], signal.getsignal(signal.SIGSEGV))
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		command := watch.Python(py, with(script, "wrong_truth"), m)
		bare, result := watch.Bare(t, command), s.run(t, command)
		result.Exit(t, 0)
		if !strings.Contains(bare.Stdout, `"Threads": "1"`) {
			t.Fatalf("without the shim: %s", bare.Stdout)
		}
		result.Prints(t, bare.Stdout)
		whole(t, result, "PyObject_IsTrue", "wrong_truth")
		silent(t, s, watch.Python(py, with(script, "right_truth"), m))
	})
}

// faulthandler dumps at a later crash, as it does without the shim.
func TestFaulthandlerStays(t *testing.T) {
	const script = `
import calls, faulthandler, os, signal
faulthandler.enable()
calls.CALL()
def the_crash():
    os.kill(os.getpid(), signal.SIGSEGV)
the_crash()
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		for _, call := range []string{"wrong_truth", "right_truth"} {
			result := s.run(t, watch.Python(py, with(script, call), m))
			result.Exit(t, crashed)
			for _, want := range []string{"Fatal Python error: Segmentation fault", "in the_crash"} {
				if !strings.Contains(result.Stderr, want) {
					t.Errorf("%s: stderr lacks %q\n%s", call, want, result)
				}
			}
			if found := len(reports(result.Stderr)); (found == 1) != (call == "wrong_truth") {
				t.Errorf("%s: %d reports\n%s", call, found, result)
			}
		}
	})
}

// A forked child reports, whether its parent has violated before or not; a right one is
// silent, also under `-W error`, where a second thread would turn os.fork into an error.
func TestForkedChild(t *testing.T) {
	const script = `
import calls, os
calls.FIRST()
pid = os.fork()
if pid == 0:
    calls.CALL()
    os._exit(3)
print(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		for _, c := range []struct {
			first, call string
			reported    int
		}{{"right_truth", "wrong_truth", 1}, {"wrong_truth", "wrong_capsule", 2}} {
			if c.call == "wrong_capsule" && py.ThreadLocal() {
				c.call = "wrong_long(7) and calls.wrong_truth" // a capsule would be the child's death
			}
			code := strings.ReplaceAll(with(script, c.call), "FIRST", c.first)
			command := watch.Python(py, code, m)
			command.Args = append([]string{command.Args[0], "-W", "ignore"}, command.Args[1:]...)
			result := s.run(t, command)
			result.Exit(t, 0)
			result.Prints(t, "3\n")
			if found := strings.Count(result.Stderr, "[gil-not-held]: "); found != c.reported {
				t.Errorf("%s, then %s: %d reports, want %d\n%s", c.first, c.call, found, c.reported, result)
			}
		}
		right := watch.Python(py, strings.ReplaceAll(with(script, "right_truth"), "FIRST", "right_truth"), m)
		right.Args = append([]string{right.Args[0], "-W", "error"}, right.Args[1:]...)
		silent(t, s, right)
	})
}

// Two programs that share the folder both report, whichever of them listens.
func TestTwoProcesses(t *testing.T) {
	const script = `
import calls, subprocess, sys
code = "import calls; calls.OTHER(7); input(); calls.CALL()"
other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
calls.CALL()
other.communicate(b"\n")
print(other.returncode)
`
	both := func(py pythons.Python, m fixture.Module, side string) watch.Command {
		return watch.Python(py, strings.ReplaceAll(with(script, side+"_truth"), "OTHER", side+"_long"), m)
	}
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		result := s.run(t, both(py, m, "wrong"))
		result.Exit(t, 0)
		result.Prints(t, "0\n")
		for _, want := range []string{"error[gil-not-held]: PyObject_IsTrue", "warning[gil-not-held]: PyLong_AsLong"} {
			if !strings.Contains(result.Stderr, want) {
				t.Errorf("stderr lacks %q\n%s", want, result)
			}
		}
		journals, err := filepath.Glob(filepath.Join(filepath.Dir(s.preload), "*.0"))
		if err != nil || len(journals) != 2 {
			t.Errorf("%d journals, want 2 (%v)", len(journals), err)
		}
		silent(t, s, both(py, m, "right"))
	})
}

// A stderr that nobody reads any more, a full disk behind it or none at all: the report is
// lost, the program goes on.
func TestNoStderr(t *testing.T) {
	const script = `
import calls, os
STDERR
calls.wrong_truth()
calls.wrong_long(7)
print("done")
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		for name, stderr := range map[string]string{
			"closed pipe": "r, w = os.pipe(); os.dup2(w, 2); os.close(w); os.close(r)",
			"full disk":   "os.dup2(os.open('/dev/full', os.O_WRONLY), 2)",
			"closed":      "os.close(2)",
		} {
			result := s.run(t, watch.Python(py, strings.Replace(script, "STDERR", stderr, 1), m))
			if result.Status != 0 || result.Stdout != "done\n" {
				t.Errorf("%s\n%s", name, result)
			}
		}
	})
}

// A program that closes all descriptors, as one does that becomes a daemon, goes on, and
// the numbers are its own again.
func TestDescriptorsClosed(t *testing.T) {
	const script = `
import calls, os
had = set(os.listdir("/proc/self/fd"))
calls.CALL()
print(set(os.listdir("/proc/self/fd")) == had)
os.closerange(3, 1000)
files = [open("/dev/null") for _ in range(32)]
calls.CALL()
calls.LATER(7)
for file in files:
    file.close()
print("done")
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		result := s.run(t, watch.Python(py, strings.ReplaceAll(with(script, "wrong_truth"), "LATER", "wrong_long"), m))
		result.Exit(t, 0)
		result.Prints(t, "True\ndone\n")
		whole(t, result, "PyObject_IsTrue", "wrong_truth")
		if !strings.Contains(result.Stderr, "PyLong_AsLong") {
			t.Errorf("a violation after the descriptors were closed is not reported\n%s", result)
		}
		silent(t, s, watch.Python(py, strings.ReplaceAll(with(script, "right_truth"), "LATER", "right_long"), m))
	})
}

// Without settings the shim sleeps, without a bell there is nothing to report on: the
// program goes on in silence.
func TestFolderSpoilt(t *testing.T) {
	const script = "import calls; print(calls.wrong_truth())"
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		for _, name := range []string{"bell", "settings"} {
			if err := os.Remove(filepath.Join(filepath.Dir(s.preload), name)); err != nil {
				t.Fatal(err)
			}
			result := s.run(t, watch.Python(py, script, m))
			result.Exit(t, 0)
			result.Prints(t, "True\n")
			if result.Stderr != "" {
				t.Errorf("without its %s: stderr %q", name, result.Stderr)
			}
		}
	})
}
