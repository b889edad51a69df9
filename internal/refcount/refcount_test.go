package refcount

import (
	"os"
	"path/filepath"
	"testing"
)

func TestInstall(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "gilwatch")
	folder, err := Install(parent)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the folder is %v (%v), want mode 0755", info, err)
	}
	header := filepath.Join(folder, "gilwatch_refcount.h")
	for _, damage := range []func() error{
		func() error { return nil },
		func() error { return os.Remove(header) },
		func() error { return os.WriteFile(header, []byte("cut"), 0o644) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		again, err := Install(parent)
		if err != nil || again != folder {
			t.Fatalf("%s (%v), want %s", again, err, folder)
		}
		if info, err := os.Stat(header); err != nil || info.Size() < 1000 {
			t.Errorf("the header is %v (%v)", info, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(parent, "unfinished-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := Install(os.DevNull); err == nil {
		t.Error("a parent that is no folder is no error")
	}
}

func TestScaffold(t *testing.T) {
	for path, want := range map[string]bool{
		"/cache/include-1/gilwatch_refcount.h": true,
		"gilwatch_items.h":                     true,
		"/usr/include/python3.11/Python.h":     false,
		"/src/module.c":                        false,
		"":                                     false,
	} {
		if got := Scaffold(path); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
}
