package gate

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A module that was compiled from ../src in a folder that is a link shows the source beside what
// the link leads to, and never what lies beside the link.
func TestSourceThroughLink(t *testing.T) {
	const call = "int truth = PyObject_IsTrue(Py_True);"
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		folder := t.TempDir()
		in := func(path string) string { return filepath.Join(folder, path) }
		for _, made := range []string{"top/src", "other/src", "other/build"} {
			if err := os.MkdirAll(in(made), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(in("other/build"), in("top/build")); err != nil {
			t.Fatal(err)
		}
		copyFile(t, "testdata/calls.c", in("other/src/calls.c"))
		copyFile(t, "testdata/fixture.h", in("other/src/fixture.h"))
		copyFile(t, "testdata/alloc.c", in("top/src/calls.c")) // another, of as many lines
		compiler := exec.Command("cc", "-g", "-O1", "-shared", "-fPIC", "-isystem", py.Include, "../src/calls.c", "-o", "calls.so")
		compiler.Dir = in("top/build")
		if said, err := compiler.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		run := func(function string) *watch.Result {
			return watch.Run(t, watch.Command{Args: []string{py.Path, "-c", "import calls; calls." + function + "()"}, Env: []string{"PYTHONPATH=" + in("other/build")}})
		}
		v := run("wrong_truth").Only(t, watch.Want{Function: touched, Module: "calls.so"})[0]
		if f := v.NativeStack[0]; v.Marked() != call || filepath.Base(filepath.Dir(filepath.Dir(f.Source()))) != "other" {
			t.Errorf("marked %q of %s, want %q", v.Marked(), f.Source(), call)
		}
		if err := os.Remove(in("top/build")); err != nil {
			t.Fatal(err)
		}
		v = run("wrong_truth").Only(t, watch.Want{Function: touched, Module: "calls.so"})[0]
		if f := v.NativeStack[0]; v.Marked() != "" || f.Line == nil {
			t.Errorf("with the link gone: marked %q of %s", v.Marked(), f.Source())
		}
		run("right_truth").Clean(t)
	})
}
