package attach

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// hang is the time after which a process is taken for stuck.
const hang = 2 * time.Minute

// started is a process whose output is waited for, line by line.
type started struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
}

// start starts a program; lines of its standard output, or of its standard error, can be
// waited for.
func start(t *testing.T, args, env []string, fromStderr bool) *started {
	t.Helper()
	p := &started{t: t, cmd: exec.Command(args[0], args[1:]...)}
	p.cmd.Env = append(append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONFAULTHANDLER="), env...)
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	pipe, err := p.cmd.StdoutPipe()
	if fromStderr {
		pipe, err = p.cmd.StderrPipe()
	} else {
		p.cmd.Stderr = &p.stderr
	}
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(pipe)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(hang, func() { p.cmd.Process.Kill() })
	t.Cleanup(func() {
		limit.Stop()
		p.cmd.Process.Signal(syscall.SIGCONT)
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	return p
}

// line waits for the next line.
func (p *started) line() (string, error) {
	line, err := p.out.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}

// expect fails unless the next line begins as it should.
func (p *started) expect(want string) {
	p.t.Helper()
	if line, err := p.line(); !strings.HasPrefix(line, want) {
		rest, _ := io.ReadAll(p.out)
		p.t.Fatalf("%v: %q (%v), want %q\n%s%s", p.cmd.Args, line, err, want, rest, &p.stderr)
	}
}

// wait returns the exit status, 128+N for a death by signal N.
func (p *started) wait() int {
	p.t.Helper()
	io.Copy(io.Discard, p.out)
	p.cmd.Wait()
	status := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// live is a python that runs what it is told.
type live struct{ *started }

// startLive starts one, behind other words of a command line if there are any.
func startLive(t *testing.T, py pythons.Python, before []string, modules ...fixture.Module) live {
	t.Helper()
	var folders []string
	for _, m := range modules {
		folders = append(folders, m.Dir)
	}
	args := append(append([]string(nil), before...), py.Path, "testdata/target.py")
	l := live{start(t, args, []string{"PYTHONPATH=" + strings.Join(folders, ":")}, false)}
	l.expect("ready")
	return l
}

// do lets it run a line of code to its end.
func (l live) do(code string) {
	l.t.Helper()
	l.tell(code)
	l.expect("ok")
}

// tell lets it run a line of code.
func (l live) tell(code string) {
	l.t.Helper()
	if _, err := io.WriteString(l.in, code+"\n"); err != nil {
		l.t.Fatal(err)
	}
}

// end lets it end.
func (l live) end() int {
	l.t.Helper()
	l.in.Close()
	return l.wait()
}

func (l live) pid() int { return l.cmd.Process.Pid }

// result reads the report that a command wrote.
func result(t *testing.T, status int, path string) *watch.Result {
	t.Helper()
	report, err := watch.ReadReport(path)
	if err != nil {
		t.Fatalf("status %d: %v", status, err)
	}
	return &watch.Result{Status: status, Report: report}
}

// child is the one child of a process.
func child(t *testing.T, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Fatal(err)
	}
	only, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatalf("children of %d: %q", pid, raw)
	}
	return only
}
