package tree

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// waiting calls the fixture's function before and after it waits at its FIFO, and then
// writes a file. A signal handler is the default one but for SIGPIPE, which would kill.
const waiting = `
import os, signal, sys
folder, function, out, fifo, done = sys.argv[1:6]
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sys.path.insert(0, folder)
import calls
getattr(calls, function)()
os.write(os.open(out, os.O_WRONLY | os.O_CREAT), str(os.getpid()).encode())
open(fifo).read()
[getattr(calls, function)() for _ in range(3)]
pid = os.fork()
if pid == 0:
    getattr(calls, function)()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
os.rename(out, done)
`

// run is a gilwatch run that has begun, with a session folder below folder.
type run struct {
	*exec.Cmd
	folder, out, fifo, done string
	said                    *os.File // a file: the command holds it open longer than gilwatch
}

func begin(t *testing.T, py pythons.Python, code, function string, flags ...string) *run {
	t.Helper()
	folder := t.TempDir()
	r := &run{folder: t.TempDir(), out: filepath.Join(folder, "out"), fifo: filepath.Join(folder, "fifo"), done: filepath.Join(folder, "done")}
	makeFIFO(t, r.fifo)
	args := append([]string{"run"}, flags...)
	args = append(args, "--", py.Path, "-c", code, calls(t, py).Dir, function, r.out, r.fifo, r.done)
	r.Cmd = exec.Command(watch.Binary(t), args...)
	r.Env = append(os.Environ(), "TMPDIR="+r.folder)
	said, err := os.Create(filepath.Join(folder, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	r.said, r.Stderr = said, said
	t.Cleanup(func() { said.Close() })
	r.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	appears(t, r.out)
	return r
}

// end waits for gilwatch and returns its status; -1 is a death by signal.
func (r *run) end(t *testing.T) int {
	t.Helper()
	var exit *exec.ExitError
	if err := r.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return r.ProcessState.ExitCode()
}

// kill kills gilwatch, whose command goes on, and returns the session folder that it leaves.
func (r *run) kill(t *testing.T) string {
	t.Helper()
	if err := r.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	r.end(t)
	folders, _ := filepath.Glob(r.folder + "/gilwatch-*")
	if len(folders) != 1 {
		t.Fatalf("session folders %s", folders)
	}
	return folders[0]
}

// salvaged is the report that gilwatch makes of a session folder.
func salvaged(t *testing.T, folder string, status int) *watch.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.json")
	said, err := exec.Command(watch.Binary(t), "report", "--quiet", "--report", "json="+path, folder).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || exit != nil && exit.ExitCode() != status || exit == nil && status != 0 {
		t.Fatalf("gilwatch report: %v, want status %d\n%s", err, status, said)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	report := new(watch.Report)
	if err := json.Unmarshal(data, report); err != nil {
		t.Fatal(err)
	}
	return report
}

// gilwatch killed in the middle: the command goes on to its end, and what its journals hold
// can be rendered, before it has ended and after. Another run does not sweep the folder.
func TestKilled(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for function, wants := range map[string][2]int{"wrong_truth": {1, 5}, "right_truth": {0, 0}} {
			r := begin(t, py, waiting, function)
			folder := r.kill(t)
			status := map[bool]int{true: violated}[wants[0] > 0]
			if s := salvaged(t, folder, status); s.Summary.Occurrences != wants[0] || s.Summary.ProcessesWatched != 1 ||
				!s.Processes[0].Running || s.Run.ExitCode != nil || s.Run.Signal != nil {
				t.Errorf("while the command runs: %+v", s)
			}
			pid, err := os.ReadFile(r.out)
			if err != nil {
				t.Fatal(err)
			}
			tell(t, r.fifo)
			appears(t, r.done)
			gone(t, string(pid))
			watch.Run(t, watch.Command{Args: []string{"true"}, Env: []string{"TMPDIR=" + r.folder}})
			if s := salvaged(t, folder, status); s.Summary.Occurrences != wants[1] || s.Summary.ProcessesWatched != 2 ||
				s.Processes[0].Running || s.Processes[0].Ended == nil || itoa(s.Processes[0].PID) != string(pid) || s.Summary.Lost != 0 {
				t.Errorf("after its end: %+v", s)
			}
		}
	})
}

// dropping gives up its rights, so that its child cannot make a journal and shares its own; the
// child exits, and itself waits.
const dropping = `
import os, sys
folder, function, out, fifo, done = sys.argv[1:6]
sys.path.insert(0, folder)
import calls
out, fifo = os.open(out, os.O_WRONLY | os.O_CREAT), os.open(fifo, os.O_RDWR)
os.setgid(65534)
os.setuid(65534)
pid = os.fork()
if pid == 0:
    getattr(calls, function)()
    sys.exit()
assert os.waitpid(pid, 0)[1] == 0
os.write(out, str(os.getpid()).encode())
os.read(fifo, 1)
`

// The end of a child that shares its parent's journal is not the parent's.
func TestChildOfSharedJournal(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give up what the test gives up")
	}
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for function, status := range map[string]int{"wrong_truth": violated, "right_truth": 0} {
			r := begin(t, py, dropping, function)
			folder := r.kill(t)
			if p := salvaged(t, folder, status).Processes; len(p) == 0 || !p[0].Running || p[0].Ended != nil {
				t.Errorf("%+v, want the first to run", p)
			}
			pid, err := os.ReadFile(r.out)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(r.fifo, []byte("x"), 0); err != nil {
				t.Fatal(err)
			}
			gone(t, string(pid))
			if p := salvaged(t, folder, status).Processes; len(p) == 0 || p[0].Running || p[0].Ended == nil {
				t.Errorf("%+v, want the first to have ended", p)
			}
		}
	})
}

// notIgnored gives what the test starts the default of the signals that nohup and a shell's
// background have ignored: gilwatch does not pass on what it ignores.
func notIgnored(t *testing.T) {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGINT, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(caught) })
}

// A signal that asks gilwatch to end is the command's; the report is made when that has
// ended, as it ended.
func TestStopped(t *testing.T) {
	notIgnored(t)
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
			path := filepath.Join(t.TempDir(), "report.json")
			code := "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)\n" + waiting
			r := begin(t, py, code, "wrong_truth", "--quiet", "--report", "json="+path)
			if err := r.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if status := r.end(t); status != 128+int(sig) {
				t.Errorf("%v: status %d", sig, status)
			}
			report := new(watch.Report)
			if data, err := os.ReadFile(path); err != nil || json.Unmarshal(data, report) != nil || report.Summary.Occurrences != 1 {
				t.Errorf("%v: %v, report %+v", sig, err, report)
			}
			if left, _ := filepath.Glob(r.folder + "/gilwatch-*"); len(left) > 0 {
				t.Errorf("%v: %s was left behind", sig, left)
			}
		}
	})
}

// While gilwatch waits for a daemon, the signal ends the waiting, and the report is made.
func TestStoppedWhileWaiting(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		path := filepath.Join(t.TempDir(), "report.json")
		code := "import os\nif os.fork(): os._exit(7)\n" + waiting
		r := begin(t, py, code, "wrong_truth", "--quiet", "--wait-children", "1h", "--report", "json="+path)
		commandEnded(t, r.Process.Pid)
		if err := r.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if status := r.end(t); status != 7 {
			t.Errorf("status %d", status)
		}
		report := new(watch.Report)
		if data, err := os.ReadFile(path); err != nil || json.Unmarshal(data, report) != nil || report.Summary.Occurrences != 1 {
			t.Errorf("%v, report %+v", err, report)
		}
		tell(t, r.fifo)
		appears(t, r.done)
	})
}
