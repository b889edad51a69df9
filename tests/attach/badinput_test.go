package attach

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// refused runs gilwatch attach and wants an error with a hint, and status 125.
func refused(t *testing.T, want string, credential *syscall.Credential, args ...string) {
	t.Helper()
	cmd := exec.Command(watch.Binary(t), append([]string{"attach"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	out, _ := cmd.CombinedOutput()
	text := string(out)
	if cmd.ProcessState.ExitCode() != 125 || !strings.Contains(text, want) || !strings.Contains(text, "gilwatch: hint: ") {
		t.Errorf("attach %v: status %d, want 125 with %q and a hint\n%s", args, cmd.ProcessState.ExitCode(), want, text)
	}
}

func TestRefused(t *testing.T) {
	refused(t, "no process to attach to", nil)
	refused(t, "is no process", nil, "--pid", "-3")
	refused(t, "-3s is negative", nil, "--pid", "1", "--duration", "-3s")
	needProbes(t)
	refused(t, "no such process", nil, "--pid", "4194304")

	idle := start(t, []string{"cat"}, nil, false)
	refused(t, "no CPython interpreter is loaded in it", nil, "--pid", strconv.Itoa(idle.cmd.Process.Pid))
	idle.in.Close()
	io.Copy(io.Discard, idle.out)
	for state(t, idle.cmd.Process.Pid) != "Z" { // it has ended, and nobody has asked how
		runtime.Gosched()
	}
	refused(t, "it ended while it was being looked at", nil, "--pid", strconv.Itoa(idle.cmd.Process.Pid))
}

// openFolder is a folder that every user can enter.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "gilwatch-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

// A module that was deleted since it was loaded is still what is mapped.
func TestDeletedModule(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	moved := module
	moved.Dir = openFolder(t)
	copyFile(t, module.Path(), moved.Path())
	l := startLive(t, py, nil, moved)
	l.do("import calls")
	if err := os.Remove(moved.Path()); err != nil {
		t.Fatal(err)
	}
	a := attach(t, l)
	l.do("calls.wrong_truth()")
	l.end()
	v := a.result().Only(t, watch.Want{Function: "PyObject_IsTrue", Module: module.File})[0]
	if name := v.NativeStack[0].Function; name == nil || *name != "wrong_truth" {
		t.Errorf("called by %v, want wrong_truth", v.NativeStack[0])
	}
}
