package attach

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// muslPython is the folder of a CPython that is linked with musl: scripts/musl-python builds
// it, which takes minutes, so that the test is skipped without it; with CI=true it must be there.
func muslPython(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("GILWATCH_TEST_MUSL_PYTHON")
	if folder == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skip(err)
		}
		folder = filepath.Join(cache, "gilwatch", "musl-python")
	}
	if _, err := os.Stat(filepath.Join(folder, "python")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no python for musl (scripts/musl-python makes one): %v", err)
		}
		t.Skipf("no python for musl (scripts/musl-python makes one): %v", err)
	}
	return folder
}

// With another C library, from the first instruction on, and late: the loader is hooked, and
// what it loads is watched.
func TestMusl(t *testing.T) {
	needProbes(t)
	folder := muslPython(t)
	modules := t.TempDir()
	out, err := exec.Command("musl-gcc", "-std=gnu11", "-g", "-O1", "-shared", "-fPIC", "-I"+folder+"/Include", "-I"+folder,
		"-o", filepath.Join(modules, "calls.so"), "../gate/testdata/calls.c").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	python := filepath.Join(folder, "python")
	want := watch.Want{Function: "PyObject_IsTrue", Module: "calls.so"}
	for call, wants := range map[string][]watch.Want{"wrong_truth": {want}, "right_truth": nil} {
		command := byProbes(python, "-c", "import calls; calls."+call+"()")
		command.Env = []string{"PYTHONPATH=" + modules}
		got := watch.Run(t, command)
		got.Watched(t)
		got.Only(t, wants...)
		if gaps := got.Report.Processes[0].Gaps; len(gaps) > 0 {
			t.Errorf("gaps %q", gaps)
		}
	}

	l := live{start(t, []string{python, "testdata/target.py"}, []string{"PYTHONPATH=" + modules}, false)}
	l.expect("ready")
	a := attach(t, l, "--stop-on-load")
	l.do("import calls; calls.right_truth(); calls.wrong_truth()")
	l.end()
	v := a.result().Only(t, want)[0]
	if len(v.PythonStack) == 0 || len(v.ReleasedAt) == 0 {
		t.Errorf("Python stack %v, released at %v", v.PythonStack, v.ReleasedAt)
	}
}
