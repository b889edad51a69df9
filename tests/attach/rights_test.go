package attach

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// user is one that is not root: a folder of its own, with gilwatch and a module in it.
type user struct {
	t      *testing.T
	py     pythons.Python
	folder string
	module fixture.Module
	binary string
}

// as is the beginning of a command line that a user with these capabilities has.
func as(capabilities string) []string {
	return []string{"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
		"--inh-caps", capabilities, "--ambient-caps", capabilities, "--bounding-set", capabilities}
}

const (
	noRights     = "-all"
	probesRights = "-all,+bpf,+perfmon"
)

func unprivileged(t *testing.T) user {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	u := user{t: t, py: staticOne(t), folder: openFolder(t)}
	u.module = gate(t, u.py, "calls.c", debug)
	copyFile(t, u.module.Path(), filepath.Join(u.folder, u.module.File))
	u.module.Dir = u.folder
	copyFile(t, "testdata/target.py", filepath.Join(u.folder, "target.py"))
	u.binary = filepath.Join(u.folder, "gilwatch")
	copyFile(t, watch.Binary(t), u.binary)
	if err := os.Chown(u.folder, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	return u
}

// target starts a python of the user's.
func (u user) target() live {
	u.t.Helper()
	args := append(as(noRights), u.py.Path, filepath.Join(u.folder, "target.py"))
	l := live{start(u.t, args, []string{"PYTHONPATH=" + u.folder}, false)}
	l.expect("ready")
	return l
}

// command is gilwatch attach, run by the user with the capabilities.
func (u user) command(capabilities string, l live, flags ...string) []string {
	args := append(as(capabilities), u.binary, "attach", "--pid", strconv.Itoa(l.pid()))
	return append(args, flags...)
}

// attach attaches with no more rights than it takes.
func (u user) attach(l live) attached {
	u.t.Helper()
	path := filepath.Join(u.folder, "report.json")
	a := attached{start(u.t, u.command(probesRights, l, "--report", "json="+path), nil, true), path}
	a.expect("gilwatch: watching process")
	return a
}

// cap_bpf and cap_perfmon suffice for the processes of one's own user.
func TestCapabilities(t *testing.T) {
	needProbes(t)
	u := unprivileged(t)
	l := u.target()
	l.do("import calls")
	a := u.attach(l)
	l.do("calls.wrong_truth()")
	l.do("calls.right_truth()")
	l.end()
	v := a.result().Only(t, watch.Want{Function: "PyObject_IsTrue", Module: u.module.File})[0]
	if len(v.PythonStack) == 0 {
		t.Error("no Python stack")
	}
}

// Less does not: what is missing is named, and another user's process is not theirs to see.
func TestTooFewCapabilities(t *testing.T) {
	needProbes(t)
	u := unprivileged(t)
	own, other := u.target(), startLive(t, u.py, nil)
	for _, c := range []struct {
		capabilities string
		l            live
		wants        []string
	}{
		{noRights, own, []string{"without cap_bpf and cap_perfmon", "setcap"}},
		{"-all,+bpf", own, []string{"without cap_perfmon", "setcap"}},
		{"-all,+perfmon", own, []string{"without cap_bpf", "setcap"}},
		{probesRights, other, []string{"it may not be looked at", "cap_sys_ptrace"}},
	} {
		args := u.command(c.capabilities, c.l)
		cmd := exec.Command(args[0], args[1:]...)
		out, _ := cmd.CombinedOutput()
		for _, want := range append(c.wants, "gilwatch: hint: ") {
			if !strings.Contains(string(out), want) || cmd.ProcessState.ExitCode() != 125 {
				t.Errorf("%s: status %d, it says %q, want %q in it", c.capabilities, cmd.ProcessState.ExitCode(), out, want)
			}
		}
	}
}
