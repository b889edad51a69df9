package symbols

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestSourceName: a file that was compiled as ../src/file.c in a folder that is a link lies beside
// what the link leads to, whatever lies beside the link. Without a link the name is short.
func TestSourceName(t *testing.T) {
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no cc")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in := func(path string) string { return filepath.Join(dir, path) }
	for _, folder := range []string{"top/src", "other/src", "other/build"} {
		if err := os.MkdirAll(in(folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(in("other/build"), in("top/build")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"top/src/x.c", "other/src/x.c"} {
		if err := os.WriteFile(in(path), []byte("void sink(int);\nvoid entry(int n) { sink(n); __asm__ volatile(\"\"); }\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	compiledIn := func(folder string) (module string, ret uint64) {
		module = filepath.Join(t.TempDir(), "x.so")
		cmd := exec.Command("cc", "-shared", "-fPIC", "-O1", "-g", "-o", module, "../src/x.c")
		cmd.Dir = in(folder) // and $PWD, which GCC takes for the folder's name
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		return module, onlyReturn(t, module, "entry")
	}
	named := func(module, root string, ret uint64) string {
		r := NewResolver()
		defer r.Close()
		return r.Resolve(Module{Path: module, Root: root}, ret, true)[0].File
	}
	linked, ret := compiledIn("top/build")
	straight, straightRet := compiledIn("other/build")
	if got := named(straight, "", straightRet); got != in("other/src/x.c") {
		t.Errorf("without a link: %s", got)
	}
	if got := named(linked, "", ret); got != in("other/src/x.c") {
		t.Errorf("through a link: %s", got)
	}
	if got := named(linked, "/proc/self/root", ret); got != in("top/build")+"/../src/x.c" {
		t.Errorf("through a link in another root folder: %s", got)
	}
	if err := os.Remove(in("top/build")); err != nil {
		t.Fatal(err)
	}
	if got := named(linked, "", ret); got != in("top/src/x.c") {
		t.Errorf("through a folder that is gone: %s", got)
	}
	if err := os.Remove(in("other/src/x.c")); err != nil {
		t.Fatal(err)
	}
	if got := named(straight, "", straightRet); got != in("other/src/x.c") {
		t.Errorf("with the source gone: %s", got)
	}
}
