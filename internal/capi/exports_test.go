package capi

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// notIn lists symbols of the table that a minor version gained in a later patch release.
var notIn = map[string]string{
	"_Py_UniversalNewlineFgetsWithSize": "3.11", // not in 3.11.2
}

// The table against what interpreters export. A missing interpreter is skipped; where
// CI=true, the six that every build of gilwatch is tested with must be there.
func TestTableAgainstInterpreters(t *testing.T) {
	for minor := FirstMinor; minor <= LastMinor; minor++ {
		name := fmt.Sprintf("3.%d", minor)
		t.Run(name, func(t *testing.T) {
			objects := interpreters(t, name)
			if len(objects) == 0 {
				if os.Getenv("CI") == "true" && minor <= 13 {
					t.Fatalf("no python%s found", name)
				}
				t.Skipf("no python%s found", name)
			}
			for path, exported := range objects {
				t.Run(filepath.Base(path), func(t *testing.T) {
					checkExports(t, version(t, name), exported)
				})
			}
		})
	}
}

func checkExports(t *testing.T, v Version, exported map[string]bool) {
	watched := 0
	for symbol := range exported {
		if Lookup(symbol, v).Watched() {
			watched++
		}
	}
	t.Logf("%d functions exported, %d watched", len(exported), watched)
	if watched <= 900 {
		t.Errorf("%d functions watched, want more than 900", watched)
	}
	for _, symbol := range []string{"PyCapsule_New", "PyLong_FromLong", "PyObject_Malloc", "_Py_Dealloc", "PyEval_SaveThread"} {
		if !exported[symbol] || !Lookup(symbol, v).Watched() {
			t.Errorf("%s: exported %v, watched %v; want both", symbol, exported[symbol], Lookup(symbol, v).Watched())
		}
	}
	for _, symbol := range []string{"PyMem_RawMalloc", "PyGILState_Check", "PyThread_acquire_lock", "_PyEval_EvalFrameDefault"} {
		if !exported[symbol] || Lookup(symbol, v).Watched() {
			t.Errorf("%s: exported %v, watched %v; want exported and not watched", symbol, exported[symbol], Lookup(symbol, v).Watched())
		}
	}
	for _, r := range All() {
		// Rows without a kind of their own only fill the versions of events and identities.
		if r.Kind == KindWatched || !r.Versions.Contains(v) || notIn[r.Symbol] == v.String() {
			continue
		}
		if !exported[r.Symbol] {
			t.Errorf("%s has a row for %s, but is not exported", r.Symbol, r.Versions)
		}
	}
}

// interpreters finds the objects that define the C API of a minor version, by path, with
// the functions of the API they export. It looks at GILWATCH_TEST_PYTHONS (executables,
// joined as in PATH), at pyenv's versions, in PATH and in /usr/bin.
func interpreters(t *testing.T, version string) map[string]map[string]bool {
	t.Helper()
	candidates := filepath.SplitList(os.Getenv("GILWATCH_TEST_PYTHONS"))
	root := os.Getenv("PYENV_ROOT")
	if home, err := os.UserHomeDir(); root == "" && err == nil {
		root = filepath.Join(home, ".pyenv")
	}
	executable := "python" + version
	pyenv, err := filepath.Glob(filepath.Join(root, "versions", version+".*", "bin", executable))
	if err != nil {
		t.Fatal(err)
	}
	candidates = append(append(candidates, pyenv...), "/usr/bin/"+executable)
	if path, err := exec.LookPath(executable); err == nil {
		candidates = append(candidates, path)
	}
	found := map[string]map[string]bool{}
	for _, path := range candidates {
		if filepath.Base(path) != executable {
			continue
		}
		if object, exported := interpreterObject(t, path, version); object != "" {
			found[object] = exported
		}
	}
	return found
}

// interpreterObject gives the executable itself if the C API is linked into it, else the
// libpython beside it; "" if the path is neither (pyenv puts shell scripts into PATH).
func interpreterObject(t *testing.T, executable, version string) (string, map[string]bool) {
	t.Helper()
	path, err := filepath.EvalSymlinks(executable)
	if err != nil {
		return "", nil
	}
	lib := filepath.Join(filepath.Dir(path), "..", "lib", "libpython"+version+".so.1.0")
	for _, object := range []string{path, lib} {
		if exported := exportedAPI(t, object); len(exported) > 100 {
			return object, exported
		}
	}
	return "", nil
}

// apiName is what makes a name one of the API's, said another way than IsAPI does.
var apiName = regexp.MustCompile(`^_?Py`)

// exportedAPI gives the C-API functions that an ELF file defines and exports.
func exportedAPI(t *testing.T, path string) map[string]bool {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		return nil // not there, or a script
	}
	defer file.Close()
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return nil // a static executable without the C API
	}
	exported := map[string]bool{}
	for _, s := range symbols {
		kind := elf.ST_TYPE(s.Info)
		function := kind == elf.STT_FUNC || kind == elf.STT_GNU_IFUNC
		if function && s.Section != elf.SHN_UNDEF && apiName.MatchString(s.Name) {
			if !IsAPI(s.Name) {
				t.Errorf("IsAPI(%q) is false", s.Name)
			}
			exported[s.Name] = true
		}
	}
	return exported
}
