package attach

import (
	"os"
	"path/filepath"
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
