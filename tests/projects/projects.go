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
	inside  string   // the package in the archive whose subpackage the tests are; all else of it is taken away
	tests   []string // in the archive, or importable
	without string   // pytest -k
}

var projects = []project{
	// Cython.
	{name: "msgpack", source: "msgpack==1.1.1", tests: []string{"test"}},
	// pybind11.
	{name: "contourpy", source: "contourpy==1.3.3", tests: []string{
		// The other files check the sources' style.
		"tests/test_array.py", "tests/test_chunk.py", "tests/test_constructor.py", "tests/test_convert.py",
		"tests/test_dechunk.py", "tests/test_enum.py", "tests/test_filled.py", "tests/test_internal.py",
		"tests/test_lines.py", "tests/test_minimal.py", "tests/test_misc.py", "tests/test_static.py", "tests/test_z_interp.py"},
		// The archive lacks the pictures that these compare with; the last one needs one package more.
		without: "simple or random or write_cache"},
	// Cython, with threads and callbacks of libxml2.
	{name: "lxml", source: "lxml==6.0.2", inside: "src/lxml", tests: []string{"src/lxml/tests"},
		// Base classes, whose tests are those of the classes made of them.
		without: "TestCaseBase or _ElementSlicingTest or _XMLPullParserTest or _C14NTest or _XIncludeTestCase"},
	// nanobind; the limited API from 3.12 on.
	{name: "soxr", source: "soxr==1.0.0", tests: []string{"tests/test_resample.py"}},
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
					args = append(args, "-k", "not ("+p.without+")")
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
	dir := cache.Folder(t, "source-"+p.name, []string{p.source, p.inside}, func(dir string) error {
		return p.download(env, dir)
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

// download unpacks the project's source archive in dir. Nothing is built: pip gets the metadata
// that it asks for from testdata/backend.
func (p project) download(env venv.Env, dir string) error {
	pip := exec.Command(env.Python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
		"--no-binary", ":all:", "--no-build-isolation", "--dest", dir, p.source)
	pip.Env = append(os.Environ(), "PYTHONPATH="+testdata("backend"), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := pip.CombinedOutput(); err != nil {
		return fmt.Errorf("download %s: %w\n%s", p.source, err, out)
	}
	archives, _ := filepath.Glob(filepath.Join(dir, "*.tar.gz"))
	for _, archive := range archives {
		if out, err := exec.Command("tar", "-xzf", archive, "-C", dir).CombinedOutput(); err != nil {
			return fmt.Errorf("unpack %s: %w\n%s", archive, err, out)
		}
	}
	if p.inside == "" {
		return nil
	}
	return p.bare(filepath.Join(dir, "*", p.inside, "*"))
}

// bare takes away what the pattern matches, but the tests: pytest imports them by the
// packages that their folder lies in, and would find the source, not built, before the wheel.
func (p project) bare(pattern string) error {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if slices.Contains(p.tests, filepath.Join(p.inside, filepath.Base(path))) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("leave only the tests of %s: %w", p.source, err)
		}
	}
	return nil
}

// testdata is the absolute path of a file in testdata.
func testdata(name string) string {
	_, source, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(source), "testdata", name)
}
