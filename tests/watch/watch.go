// Package watch runs commands under `gilwatch run` and holds what the report says
// against what a test wants.
package watch

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

// Command is what a test runs.
type Command struct {
	Args  []string // program and arguments
	Env   []string // KEY=VALUE, over the inherited environment
	Dir   string   // working folder; a new empty one if ""
	Flags []string // more flags for `gilwatch run`
}

// Result is a finished command.
type Result struct {
	Status int // exit status; 128+N for a command without gilwatch that signal N ended
	Stdout string
	Stderr string
	Report *Report // nil without gilwatch, and where gilwatch wrote none
}

// hang is the time after which a command is taken for stuck. It is far above what any
// takes; a test's result does not depend on it.
const hang = 2 * time.Minute

// Python is the command that runs code in py with modules importable.
func Python(py pythons.Python, code string, modules ...fixture.Module) Command {
	command := Command{Args: []string{py.Path, "-c", code}}
	return command.Importing(modules...)
}

// Importing returns the command with the modules' folders on Python's path.
func (c Command) Importing(modules ...fixture.Module) Command {
	var folders []string
	for _, module := range modules {
		folders = append(folders, module.Dir)
	}
	if len(folders) > 0 {
		c.Env = append(c.Env[:len(c.Env):len(c.Env)], "PYTHONPATH="+strings.Join(folders, ":"))
	}
	return c
}

// Run runs the command under `gilwatch run --quiet` with a JSON report and decodes that.
func Run(t testing.TB, c Command) *Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.json")
	args := append([]string{Binary(t), "run", "--quiet", "--report", "json=" + path}, c.Flags...)
	args = append(args, "--")
	result := execute(t, c, append(args, c.Args...))
	report, err := ReadReport(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("read the report: %v", err)
	}
	result.Report = report
	return result
}

// Bare runs the command without gilwatch, for what a watched one is compared with.
func Bare(t testing.TB, c Command) *Result {
	t.Helper()
	return execute(t, c, c.Args)
}

// execute runs args in the command's folder and environment.
func execute(t testing.TB, c Command, args []string) *Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(environment(), c.Env...)
	if cmd.Dir = c.Dir; cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	// A group of its own, so that a stuck command ends with all that it started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second

	err := cmd.Run()
	var exit *exec.ExitError
	if ctx.Err() != nil || (err != nil && !errors.As(err, &exit)) {
		t.Fatalf("%s: %v\nstdout:\n%s\nstderr:\n%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return &Result{
		Status: status(cmd.ProcessState), Stdout: stdout.String(), Stderr: stderr.String(),
	}
}

// status folds an end by signal into 128+N, as a shell does.
func status(state *os.ProcessState) int {
	wait := state.Sys().(syscall.WaitStatus)
	if wait.Signaled() {
		return 128 + int(wait.Signal())
	}
	return wait.ExitStatus()
}

// environment is the inherited one without what would change Python, the allocator, the
// loader or gilwatch.
func environment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		switch {
		case strings.HasPrefix(entry, "PYTHON"), strings.HasPrefix(entry, "GILWATCH"),
			strings.HasPrefix(entry, "LD_"), strings.HasPrefix(entry, "MALLOC_"):
		default:
			kept = append(kept, entry)
		}
	}
	return append(kept, "PYTHONDONTWRITEBYTECODE=1")
}
