package bindings

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// built is the fixtures of one interpreter.
type built struct {
	env     venv.Env
	level   string // -O2 or -O0
	modules string // the folder of all modules but PyO3's
	native  string // the C library that ctypes and cffi load
}

// build compiles every fixture but PyO3's for py, at an optimization level.
func build(t testing.TB, py pythons.Python, level string) built {
	t.Helper()
	needs(t, "swig", "Debian's package swig")
	env := venv.New(t, py, testdata(t, "requirements.txt"))
	key := append(sources(t), env.Dir, level, testdata(t, "")) // debug information has the folder
	dir := cache.Folder(t, "bindings"+level+"-"+py.Name(), key, func(dir string) error {
		b := builder{data: testdata(t, ""), dir: dir, include: py.Include, python: env.Python, level: level}
		steps := []func() error{b.native, b.pybind11, b.cython, b.cffi, b.swigC, b.swigCPP, b.openmp}
		if py.Minor == 11 {
			steps = append(steps, b.boost)
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return built{env: env, level: level, modules: dir, native: filepath.Join(dir, "native.so")}
}

// builder compiles from data into dir.
type builder struct {
	data, dir       string
	include, python string
	level           string
}

func (b builder) native() error {
	return b.compile("cc", "native.so", b.source("native/native.c"))
}

func (b builder) pybind11() error {
	include, err := output(b.python, "-c", "import pybind11; print(pybind11.get_include())")
	if err != nil {
		return err
	}
	return b.compile("c++", "pybind11_fixture.so", "-std=c++17", "-fvisibility=hidden",
		"-I", strings.TrimSpace(include), b.source("pybind11/pybind11_fixture.cpp"))
}

func (b builder) cython() error {
	// Beside its source, as setuptools has it: the report finds the .pyx from there.
	source, err := os.ReadFile(b.source("cython/cython_fixture.pyx"))
	if err != nil {
		return err
	}
	pyx := filepath.Join(b.dir, "cython_fixture.pyx")
	if err := os.WriteFile(pyx, source, 0o644); err != nil {
		return err
	}
	if _, err := output(b.python, "-m", "cython", pyx); err != nil {
		return err
	}
	return b.compile("cc", "cython_fixture.so", filepath.Join(b.dir, "cython_fixture.c"))
}

func (b builder) cffi() error {
	c := filepath.Join(b.dir, "_cffi_api.c")
	_, err := output(b.python, b.source("emit_cffi.py"), b.source("native/native.c"), c)
	if err != nil {
		return err
	}
	return b.compile("cc", "_cffi_api.so", "-I", b.source("native"), c)
}

func (b builder) boost() error {
	return b.compile("c++", "boost_fixture.so", "-std=c++17", "-fvisibility=hidden",
		b.source("boost/boost_fixture.cpp"), "-lboost_python311")
}

func (b builder) openmp() error {
	return b.compile("cc", "openmp_fixture.so", "-fopenmp", b.source("openmp/openmp_fixture.c"))
}

func (b builder) swigC() error { return b.swig("cc", "swig_c_fixture", "_wrap.c") }

func (b builder) swigCPP() error { return b.swig("c++", "swig_cpp_fixture", "_wrap.cxx", "-c++") }

// swig generates the module of a name, wrapper and Python file, and compiles it.
func (b builder) swig(compiler, module, wrapper string, args ...string) error {
	wrapper = filepath.Join(b.dir, module+wrapper)
	args = append(args, "-python", "-threads", "-module", module, "-outdir", b.dir, "-o", wrapper,
		b.source("swig/swig_fixture.i"))
	if _, err := output("swig", args...); err != nil {
		return err
	}
	return b.compile(compiler, "_"+module+".so", "-I", b.source("swig"), wrapper, b.source("swig/library.c"))
}

// source is the path of a file of testdata.
func (b builder) source(name string) string { return filepath.Join(b.data, name) }

// compile makes a shared object with release flags and debug information. Calls stay calls:
// a tail call's return address would lie in the caller's caller.
func (b builder) compile(compiler, name string, args ...string) error {
	line := append([]string{
		b.level, "-g", "-DNDEBUG", "-fPIC", "-shared", "-fno-optimize-sibling-calls",
		"-I", b.include, "-o", filepath.Join(b.dir, name),
	}, args...)
	_, err := output(compiler, line...)
	return err
}

// output runs a command and returns its standard output; the error has what it said.
func output(name string, args ...string) (string, error) {
	var said strings.Builder
	command := exec.Command(name, args...)
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said.String())
	}
	return string(out), nil
}

// sources is the contents of all files that a fixture is built from.
func sources(t testing.TB) []string {
	t.Helper()
	var contents []string
	for _, pattern := range []string{
		"native/*", "pybind11/*", "cython/*", "boost/*", "swig/*", "openmp/*", "emit_cffi.py", "../build_test.go",
	} {
		files, err := filepath.Glob(testdata(t, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			contents = append(contents, string(data))
		}
	}
	return contents
}

// testdata is the absolute path of a file in testdata.
func testdata(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
