package pythons

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFoundOnesAreUsable(t *testing.T) {
	for _, py := range All(t) {
		if py.Minor < 8 {
			t.Errorf("%s: 3.%d is not supported", py.Path, py.Minor)
		}
		if _, err := os.Stat(filepath.Join(py.Include, "Python.h")); err != nil {
			t.Errorf("%s: %v", py.Name(), err)
		}
		if !py.Static && !py.Embeddable() {
			t.Errorf("%s: shared, but no libpython was found", py.Name())
		}
	}
}

func TestDebiansIsStatic(t *testing.T) {
	const path = "/usr/bin/python3.11"
	if _, err := os.Stat(path); err != nil {
		t.Skip("no Debian python3.11")
	}
	py, err := probe(path)
	if err != nil {
		t.Fatal(err)
	}
	if !py.Static {
		t.Errorf("%s: static %v, want true", path, py.Static)
	}
}

func TestNewestPatchWins(t *testing.T) {
	root := t.TempDir()
	for _, version := range []string{"3.8.9", "3.8.18", "3.8-dev", "3.8.20rc1"} {
		bin := filepath.Join(root, "versions", version, "bin")
		if err := os.MkdirAll(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(bin, "python3.8"), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PYENV_ROOT", root)
	if got, want := newestPyenv(8), filepath.Join(root, "versions/3.8.18/bin/python3.8"); got != want {
		t.Errorf("newest 3.8: %s, want %s", got, want)
	}
	if got := newestPyenv(9); got != "" {
		t.Errorf("newest 3.9: %s, want none", got)
	}
}

func TestHeadersAreLent(t *testing.T) {
	all := []probed{
		{python: Python{Minor: 11, Include: "/headers/3.11"}},
		{python: Python{Minor: 11}},
		{python: Python{Minor: 12}},
		{python: Python{Minor: 11, FreeThreaded: true}},
	}
	lendHeaders(all)
	for i, want := range []string{"/headers/3.11", "/headers/3.11", "", ""} {
		if got := all[i].python.Include; got != want {
			t.Errorf("build %d: headers %q, want %q", i, got, want)
		}
	}
}

func TestProbeOfNoPython(t *testing.T) {
	if _, err := probe("/bin/true"); err == nil {
		t.Error("/bin/true was taken for a Python")
	}
}
