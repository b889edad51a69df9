package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/suite"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// project is one whose suite is run.
type project struct {
	name    string
	source  string   // the source archive that holds the tests, as pip knows it; "": the wheel holds them
	tests   []string // in the archive, or importable
	without string   // pytest -k
}

var projects = []project{
	// Cython.
	{name: "msgpack", source: "msgpack==1.1.1", tests: []string{"test"}},
	// pybind11.
	{name: "contourpy", source: "contourpy==1.3.3", tests: []string{
		// The other files draw pictures or check the sources' style; the tests on random fields take long.
		"tests/test_array.py", "tests/test_chunk.py", "tests/test_constructor.py", "tests/test_convert.py",
		"tests/test_dechunk.py", "tests/test_enum.py", "tests/test_filled.py", "tests/test_internal.py",
		"tests/test_lines.py", "tests/test_minimal.py", "tests/test_misc.py", "tests/test_static.py", "tests/test_z_interp.py"},
		without: "random"},
	// PyO3.
	{name: "rpds", source: "rpds-py==0.27.1", tests: []string{"tests"}},
	// Rust, the C API alone.
	{name: "orjson", source: "orjson==3.11.3", tests: []string{"test"}},
	// C and Cython.
	{name: "numpy", tests: []string{
		"numpy.random.tests", "numpy.linalg.tests", "numpy.fft.tests",
		"numpy._core.tests.test_multithreading", "numpy._core.tests.test_nditer", "numpy._core.tests.test_umath",
		"numpy._core.tests.test_dtype", "numpy._core.tests.test_array_coercion"}},
}

// parts are the suites of the chosen projects, run by py.
func parts(t testing.TB, py pythons.Python, only string, limit time.Duration) []suite.Part {
	var parts []suite.Part
	env := venv.New(t, py, testdata("requirements.txt"))
	for _, p := range projects {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		targets := p.targets(t, env)
		parts = append(parts, suite.Part{
			Name: p.name, Limit: limit,
			Env: []string{"PYTHONDONTWRITEBYTECODE=1"},
			Command: func(_, junit string, _ []string) []string {
				args := []string{env.Python, "-m", "pytest", "-n", "2", "-q", "-p", "no:cacheprovider", "--junitxml", junit}
				if p.without != "" {
					args = append(args, "-k", "not "+p.without)
				}
				return append(args, targets...)
			},
		})
	}
	return parts
}

// targets are pytest's arguments for the project's tests.
func (p project) targets(t testing.TB, env venv.Env) []string {
	if p.source == "" {
		return append([]string{"--pyargs"}, p.tests...)
	}
	dir := cache.Folder(t, "source-"+p.name, []string{p.source}, func(dir string) error {
		return download(env, p.source, dir)
	})
	roots, _ := filepath.Glob(filepath.Join(dir, "*", "PKG-INFO"))
	if len(roots) != 1 {
		t.Fatalf("%s holds %d source packages, want 1", dir, len(roots))
	}
	var targets []string
	for _, test := range p.tests {
		target := filepath.Join(filepath.Dir(roots[0]), test)
		if _, err := os.Stat(target); err != nil {
			t.Fatalf("find the tests of %s: %v", p.source, err)
		}
		targets = append(targets, target)
	}
	return targets
}

// download unpacks the source archive of a package in dir. Nothing is built: pip gets the
// metadata that it asks for from testdata/backend.
func download(env venv.Env, source, dir string) error {
	pip := exec.Command(env.Python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
		"--no-binary", ":all:", "--no-build-isolation", "--dest", dir, source)
	pip.Env = append(os.Environ(), "PYTHONPATH="+testdata("backend"), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := pip.CombinedOutput(); err != nil {
		return fmt.Errorf("download %s: %w\n%s", source, err, out)
	}
	archives, _ := filepath.Glob(filepath.Join(dir, "*.tar.gz"))
	for _, archive := range archives {
		if out, err := exec.Command("tar", "-xzf", archive, "-C", dir).CombinedOutput(); err != nil {
			return fmt.Errorf("unpack %s: %w\n%s", archive, err, out)
		}
	}
	return nil
}

// testdata is the absolute path of a file in testdata.
func testdata(name string) string {
	_, source, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(source), "testdata", name)
}
