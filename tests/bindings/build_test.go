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
	modules string // the folder of all modules but PyO3's
	native  string // the C library that ctypes and cffi load
}

// build compiles every fixture but PyO3's for py.
func build(t testing.TB, py pythons.Python) built {
	t.Helper()
	env := venv.New(t, py, testdata(t, "requirements.txt"))
	key := append(sources(t), env.Dir)
	dir := cache.Folder(t, "bindings-"+py.Name(), key, func(dir string) error {
		b := builder{data: testdata(t, ""), dir: dir, include: py.Include, python: env.Python}
		for _, step := range []func() error{b.native, b.pybind11, b.cython, b.cffi} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return built{env: env, modules: dir, native: filepath.Join(dir, "native.so")}
}

// builder compiles from data into dir.
type builder struct {
	data, dir       string
	include, python string
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
	c := filepath.Join(b.dir, "cython_fixture.c")
	_, err := output(b.python, "-m", "cython", b.source("cython/cython_fixture.pyx"), "-o", c)
	if err != nil {
		return err
	}
	return b.compile("cc", "cython_fixture.so", c)
}

func (b builder) cffi() error {
	c := filepath.Join(b.dir, "_cffi_api.c")
	_, err := output(b.python, b.source("emit_cffi.py"), b.source("native/native.c"), c)
	if err != nil {
		return err
	}
	return b.compile("cc", "_cffi_api.so", "-I", b.source("native"), c)
}

// source is the path of a file of testdata.
func (b builder) source(name string) string { return filepath.Join(b.data, name) }

// compile makes a shared object with release flags and debug information. Calls stay calls:
// a tail call's return address would lie in the caller's caller.
func (b builder) compile(compiler, name string, args ...string) error {
	line := append([]string{
		"-O2", "-g", "-DNDEBUG", "-fPIC", "-shared", "-fno-optimize-sibling-calls",
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
	for _, pattern := range []string{"native/*", "pybind11/*", "cython/*", "emit_cffi.py", "../build_test.go"} {
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
