// Package debugging holds that a debugger sees what docs/debugging.md shows: the stack of
// a process that stopped before a violating call, and of the core file of one that aborted.
package debugging

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// source is a fixture whose wrong_capsule() makes a capsule without the GIL.
const source = "../gate/testdata/calls.c"

// debugger is gdb's path; without it the test is skipped, and fails with CI=true.
func debugger(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("gdb")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip("no gdb")
	}
	return path
}

// start runs code under gilwatch with more flags; its stderr is read line by line.
func start(t *testing.T, py pythons.Python, dir, code string, flags ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	m := fixture.Build(t, py, source, fixture.Lazy)
	args := append([]string{"run"}, flags...)
	cmd := exec.Command(watch.Binary(t), append(args, "--", py.Path, "-c", code)...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+m.Dir)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(2*time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	t.Cleanup(func() { timer.Stop() })
	return cmd, bufio.NewScanner(stderr)
}

// rest reads to the end and waits for the exit status.
func rest(t *testing.T, cmd *exec.Cmd, lines *bufio.Scanner) (string, int) {
	t.Helper()
	var text strings.Builder
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
	}
	_ = cmd.Wait()
	return text.String(), cmd.ProcessState.ExitCode()
}

var attach = regexp.MustCompile(`gdb -p (\d+) .*kill -CONT (\d+)`)

// The process stops before the call; gdb attaches by the line that was printed, and shows
// the extension's frame; after kill -CONT the program goes on to its end.
func TestStop(t *testing.T) {
	gdb := debugger(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		const code = "import calls\ncalls.wrong_truth()\nprint('on')"
		cmd, lines := start(t, py, t.TempDir(), code, "--on-violation", "stop")
		var said []string
		var pid string
		for pid == "" && lines.Scan() {
			if m := attach.FindStringSubmatch(lines.Text()); m != nil && m[1] == m[2] {
				pid = m[1]
			}
			said = append(said, lines.Text())
		}
		if pid == "" || !strings.Contains(strings.Join(said, "\n"), "stopped before a violating call of PyObject_IsTrue") {
			t.Fatalf("gilwatch said:\n%s", strings.Join(said, "\n"))
		}
		out, err := exec.Command(gdb, "-nx", "-batch", "-ex", "bt", "-p", pid).CombinedOutput()
		if err != nil || !regexp.MustCompile(`#\d+ .* wrong_truth \(.*calls\.c:`).Match(out) {
			t.Errorf("gdb (%v) shows no frame of wrong_truth:\n%s", err, out)
		}
		if err := exec.Command("kill", "-CONT", pid).Run(); err != nil {
			t.Error(err)
		}
		text, status := rest(t, cmd, lines)
		if status != 66 || !strings.Contains(text, "stopped: the process stopped before this call") {
			t.Errorf("status %d, want 66\n%s", status, text)
		}
	})
}

// Inside a call that was made with the GIL acquired, the frame that it returns to is gilwatch's
// own: gdb goes through it to the extension's and to Py_BytesMain, as it does where nothing is acquired.
func TestInsideAcquired(t *testing.T) {
	gdb := debugger(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		m := fixture.Build(t, py, "../gate/testdata/acquiring.c", fixture.Lazy)
		for _, detached := range []string{"0", "1"} {
			code := "import acquiring, os, subprocess\n" +
				"def look():\n    subprocess.run(['" + gdb + "', '-nx', '-batch', '-ex', 'bt', '-p', str(os.getpid())])\n" +
				"acquiring.outer(look, " + detached + ")"
			command := watch.Python(py, code, m)
			command.Flags = []string{"--on-violation", "acquire"}
			result := watch.Run(t, command)
			status, passed := 0, 0
			if detached == "1" {
				status, passed = 66, 1
			}
			result.Exit(t, status)
			if !regexp.MustCompile(`(?s)#\d+ .* outer \(.*acquiring\.c:.*#\d+ .* Py_BytesMain \(`).MatchString(result.Stdout) {
				t.Errorf("detached %s: gdb shows no frames of outer and Py_BytesMain:\n%s", detached, result.Stdout)
			}
			if got := len(regexp.MustCompile(`#\d+ .* from .*/libgilwatch\.so`).FindAllString(result.Stdout, -1)); got != passed {
				t.Errorf("detached %s: gdb shows %d frames of gilwatch's, want %d:\n%s", detached, got, passed, result.Stdout)
			}
		}
	})
}

// The right twin neither stops nor aborts.
func TestRightGoesOn(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		m := fixture.Build(t, py, source, fixture.Lazy)
		for _, action := range []string{"stop", "abort"} {
			command := watch.Python(py, "import calls\nprint(calls.right_truth())", m)
			command.Flags = []string{"--on-violation", action}
			watch.Run(t, command).Clean(t)
		}
	})
}

// The process aborts before the call: status 134, the report says why, faulthandler's
// handler has run, and a core file has the frame.
func TestAbort(t *testing.T) {
	gdb := debugger(t)
	withCores(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		dir := t.TempDir()
		cmd, lines := start(t, py, dir, "import calls, faulthandler; faulthandler.enable(); calls.wrong_truth()", "--on-violation", "abort")
		text, status := rest(t, cmd, lines)
		if status != 128+6 || !strings.Contains(text, "aborted: gilwatch had the process abort before this call (SIGABRT)") ||
			!strings.Contains(text, "Fatal Python error: Aborted") {
			t.Errorf("status %d, want %d\n%s", status, 128+6, text)
		}
		cores, _ := filepath.Glob(filepath.Join(dir, "core*"))
		if len(cores) == 0 {
			t.Log("the kernel writes core files elsewhere (kernel.core_pattern)")
			return
		}
		out, err := exec.Command(gdb, "-nx", "-batch", "-ex", "bt", py.Path, cores[0]).CombinedOutput()
		if err != nil || !regexp.MustCompile(`#\d+ .* wrong_truth \(.*calls\.c:`).Match(out) {
			t.Errorf("gdb (%v) shows no frame of wrong_truth:\n%s", err, out)
		}
	})
}

// withCores lets what this test starts write core files.
func withCores(t *testing.T) {
	t.Helper()
	watch.Binary(t) // takes them away, for the whole test binary
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
}
