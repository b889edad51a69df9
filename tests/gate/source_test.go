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
		compile := func(to string) {
			compiler := exec.Command("cc", "-g", "-O1", "-shared", "-fPIC", "-isystem", py.Include, "../src/calls.c", "-o", to)
			compiler.Dir = in("top/build")
			if said, err := compiler.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
		}
		compile("calls.so")
		run := func(function string) *watch.Result {
			return watch.Run(t, watch.Command{Args: []string{py.Path, "-c", "import calls; calls." + function + "()"}, Env: []string{"PYTHONPATH=" + in("other/build")}})
		}
		v := run("wrong_truth").Only(t, watch.Want{Function: touched, Module: "calls.so"})[0]
		if f := v.NativeStack[0]; v.Marked() != call || filepath.Base(filepath.Dir(filepath.Dir(f.Source()))) != "other" {
			t.Errorf("marked %q of %s, want %q", v.Marked(), f.Source(), call)
		}
		run("right_truth").Clean(t)

		// A folder that was none but for the build, and is gone.
		for _, path := range []string{"top/build", "top/src/calls.c"} {
			if err := os.Remove(in(path)); err != nil {
				t.Fatal(err)
			}
		}
		copyFile(t, "testdata/calls.c", in("top/src/calls.c"))
		copyFile(t, "testdata/fixture.h", in("top/src/fixture.h"))
		if err := os.Mkdir(in("top/build"), 0o755); err != nil {
			t.Fatal(err)
		}
		compile(in("other/build/calls.so"))
		if err := os.Remove(in("top/build")); err != nil {
			t.Fatal(err)
		}
		v = run("wrong_truth").Only(t, watch.Want{Function: touched, Module: "calls.so"})[0]
		if f := v.NativeStack[0]; v.Marked() != call || f.Source() != in("top/src/calls.c") {
			t.Errorf("with the build folder gone: marked %q of %s", v.Marked(), f.Source())
		}
	})
}
