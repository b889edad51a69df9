package attach

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// Programs that take no preloaded library: run --backend uprobe watches them.

func byProbes(args ...string) watch.Command {
	return watch.Command{Args: args, Flags: []string{"--backend", "uprobe"}}
}

// A static PIE has no dynamic loader, and exports nothing: the program's calls of the
// interpreter in it are found by its symbol table, and judged from the first one on.
func TestStaticPIE(t *testing.T) {
	needProbes(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		program := fixture.StaticProgram(t, py, "../gate/testdata/embed.c", debug)
		if program == "" {
			t.Skip("no libpython.a to link with")
		}
		file := filepath.Base(program)
		for mode, want := range map[string]watch.Want{
			"detached": {}, "again-detached": {}, "before-init": {Kind: report.KindBeforeInit},
			"after-finalize": {Kind: report.KindAfterFinalize, Severity: "warning"},
		} {
			got := watch.Run(t, byProbes(program, mode))
			got.Watched(t)
			want.Function, want.Module = "PyObject_IsTrue", file
			v := got.Only(t, want)[0]
			if name := v.NativeStack[0].Function; name == nil || *name != "touch" {
				t.Errorf("%s: called by %v, want touch", mode, v.NativeStack[0])
			}
		}
		for _, mode := range []string{"attached", "again"} {
			got := watch.Run(t, byProbes(program, mode))
			got.Watched(t)
			got.Only(t)
		}
	})
}

// Without a symbol table nothing tells the interpreter: that is said, and the program runs.
func TestStrippedStaticPIE(t *testing.T) {
	needProbes(t)
	program := fixture.StaticProgram(t, one(t), "../gate/testdata/embed.c", fixture.Lazy.With("stripped", "-s"))
	if program == "" {
		t.Skip("no libpython.a to link with")
	}
	got := watch.Run(t, byProbes(program, "detached"))
	got.Exit(t, 0)
	p := got.Report.Processes[0]
	if p.Watched || p.Reason == nil || *p.Reason != "no CPython interpreter is loaded in it" {
		t.Errorf("watched: %v, reason %v", p.Watched, p.Reason)
	}
}

// A setuid program of another user, started by a third: the dynamic loader ignores
// LD_PRELOAD in it, and its memory is not its user's to read.
func TestSetuid(t *testing.T) {
	needProbes(t)
	if os.Getuid() != 0 {
		t.Skip("only root makes setuid programs of other users")
	}
	py := staticOne(t)
	folder := openFolder(t)
	module := gate(t, py, "calls.c", debug)
	copyFile(t, module.Path(), filepath.Join(folder, module.File))
	program := filepath.Join(folder, "python")
	copyFile(t, py.Path, program)
	const owner, user = "65534", "1"
	if err := os.Chown(program, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(program, os.ModeSetuid|0o755); err != nil {
		t.Fatal(err)
	}
	for call, wants := range map[string][]watch.Want{
		"wrong_truth": {{Function: "PyObject_IsTrue", Module: module.File}},
		"right_truth": nil,
	} {
		code := "import os, sys; sys.path.insert(0, '" + folder + "'); import calls; calls." + call + "(); print(os.getuid(), os.geteuid())"
		got := watch.Run(t, byProbes("setpriv", "--reuid", user, "--regid", user, "--clear-groups", program, "-c", code))
		if want := user + " " + owner + "\n"; got.Stdout != want {
			t.Fatalf("its users are %q, want %q: %s", got.Stdout, want, got.Stderr)
		}
		got.Only(t, wants...)
		for _, p := range got.Report.Processes {
			if p.Exe == program && !p.Watched {
				t.Errorf("not watched: %v", p.Reason)
			}
		}
	}
}

// staticOne is an interpreter whose executable is all that it needs.
func staticOne(t *testing.T) pythons.Python {
	t.Helper()
	for _, py := range pythons.All(t) {
		if py.Static {
			return py
		}
	}
	t.Skip("no static interpreter")
	return pythons.Python{}
}

// cap_bpf and cap_perfmon suffice for the processes of one's own user.
func TestCapabilities(t *testing.T) {
	needProbes(t)
	if os.Getuid() != 0 {
		t.Skip("only root hands capabilities out")
	}
	py := staticOne(t)
	folder := openFolder(t)
	module := gate(t, py, "calls.c", debug)
	module.Dir = folder
	copyFile(t, gate(t, py, "calls.c", debug).Path(), module.Path())
	copyFile(t, "testdata/target.py", filepath.Join(folder, "target.py"))
	binary := filepath.Join(folder, "gilwatch")
	copyFile(t, watch.Binary(t), binary)
	if err := os.Chown(folder, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	nobody := []string{"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps", "-all", "--bounding-set", "-all"}
	capable := []string{"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
		"--inh-caps", "-all,+bpf,+perfmon", "--ambient-caps", "-all,+bpf,+perfmon", "--bounding-set", "-all,+bpf,+perfmon"}
	l := live{start(t, append(nobody, py.Path, filepath.Join(folder, "target.py")), []string{"PYTHONPATH=" + folder}, false)}
	l.expect("ready")
	l.do("import calls")
	path := filepath.Join(folder, "report.json")
	a := attached{start(t, append(capable, binary, "attach", "--report", "json="+path, "--pid", pidOf(l)), nil, true), path}
	a.expect("gilwatch: watching process")
	l.do("calls.wrong_truth()")
	l.do("calls.right_truth()")
	l.end()
	v := a.result().Only(t, watch.Want{Function: "PyObject_IsTrue", Module: module.File})[0]
	if len(v.PythonStack) == 0 {
		t.Error("no Python stack")
	}
	// Another user's process is not theirs to look at.
	other := startLive(t, one(t), nil)
	out, _ := exec.Command(capable[0], append(capable[1:], binary, "attach", "--pid", pidOf(other))...).CombinedOutput()
	wantRefusal(t, string(out), "it may not be looked at", "cap_sys_ptrace")
}

func pidOf(l live) string { return strconv.Itoa(l.pid()) }

func wantRefusal(t *testing.T, said string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(said, want) {
			t.Errorf("it says %q, want %q in it", said, want)
		}
	}
}
