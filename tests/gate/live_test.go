package gate

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// violateAndWait makes two violations, one of them often and from several places, says so,
// and ends when somebody writes to the FIFO.
const violateAndWait = `
import calls, sys
for _ in range(10):
    calls.wrong_truth()
[f() for f in [calls.wrong_truth] * 3] + list(map(lambda f: f(), [calls.wrong_truth]))
calls.wrong_long(7)
calls.wrong_callable(len)
print("MARK", file=sys.stderr, flush=True)
open(sys.argv[1]).read()
`

// liveRun is a `gilwatch run` of violateAndWait whose stderr is read as it comes.
type liveRun struct {
	t      *testing.T
	cmd    *exec.Cmd
	fifo   string
	stderr *bufio.Reader
}

func startLive(t *testing.T, s subject, env string, flags ...string) *liveRun {
	t.Helper()
	r := &liveRun{t: t, fifo: filepath.Join(t.TempDir(), "fifo")}
	if err := syscall.Mkfifo(r.fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run"}, flags...)
	r.cmd = exec.Command(watch.Binary(t), append(args, "--", s.py.Path, "-c", violateAndWait, r.fifo)...)
	r.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PYTHONPATH=" + s.module.Dir, env}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close() })
	// Only for a run that hangs: a test's result does not depend on it.
	if err := read.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	r.cmd.Stderr, r.stderr = write, bufio.NewReader(read)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() { _ = r.cmd.Process.Kill(); _ = r.cmd.Wait() })
	return r
}

// until reads lines up to one that begins in a way, and returns them.
func (r *liveRun) until(prefix string) string {
	r.t.Helper()
	var all strings.Builder
	for {
		line, err := r.stderr.ReadString('\n')
		all.WriteString(line)
		if err != nil {
			r.t.Fatalf("no line begins with %q: %v\n%s", prefix, err, &all)
		}
		if strings.HasPrefix(line, prefix) {
			return all.String()
		}
	}
}

// end lets the command end, and returns what it and gilwatch wrote then.
func (r *liveRun) end() string {
	r.t.Helper()
	if err := os.WriteFile(r.fifo, []byte("go"), 0o600); err != nil {
		r.t.Fatal(err)
	}
	rest := r.until("gilwatch: ")
	if err := r.cmd.Wait(); err == nil || r.cmd.ProcessState.ExitCode() != violated {
		r.t.Errorf("the run ended with %v, want status %d", err, violated)
	}
	return rest
}

// With --live each violation is on stderr while the command still runs, once and in short;
// the whole report follows at its end. Without, nothing comes between the command's lines.
func TestLive(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		for _, env := range []string{"", "GILWATCH_LIVE=1"} {
			var flags []string
			if env == "" {
				flags = []string{"--live"}
			}
			r := startLive(t, s, env, flags...)
			// The command waits for the FIFO: the MARK may come first, the rest comes in order.
			seen := r.until("warning[gil-not-held]: PyLong_AsLong called") + r.until("  main thread, pid ")
			for want, times := range map[string]int{
				"\nerror[gil-not-held]: PyObject_IsTrue called": 1, " in wrong_truth ": 1, "\n  main thread, pid ": 2,
			} {
				if n := strings.Count(seen, want); n != times {
					t.Errorf("%q stands %d times before the end, want %d\n%s", want, n, times, seen)
				}
			}
			if strings.Contains(seen, "called from") || strings.Contains(seen, "PyCallable_Check") {
				t.Errorf("more than wanted before the end\n%s", seen)
			}
			rest := r.end()
			if !strings.Contains(rest, "error[gil-not-held]: PyObject_IsTrue called") || !strings.Contains(rest, "  14 times, main thread") ||
				!strings.HasSuffix(rest, "0 lost\n") {
				t.Errorf("the report at the end\n%s", rest)
			}
		}
		r := startLive(t, s, "")
		if seen := r.until("MARK"); seen != "MARK\n" {
			t.Errorf("without --live, before the end:\n%s", seen)
		}
		if rest := r.end(); !strings.HasPrefix(rest, "error[gil-not-held]: PyObject_IsTrue") || strings.Count(rest, "]: PyObject_IsTrue called") != 1 {
			t.Errorf("without --live, at the end:\n%s", rest)
		}
	})
}
