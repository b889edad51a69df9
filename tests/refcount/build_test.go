package refcount

import (
	"os"
	"path/filepath"
)

// builder compiles the bindings' modules from data into dir.
type builder struct {
	dir, data       string
	python, include string
	flags           []string // what `gilwatch cflags` prints
}

// strict are warnings that neither the headers nor what their macros expand to may cause.
var strict = []string{"-Wall", "-Wextra", "-Werror"}

func (b builder) pybind11(name string) error {
	include, err := output(b.python, "-c", "import pybind11; print(pybind11.get_include())")
	if err != nil {
		return err
	}
	args := append([]string{"-isystem", include, filepath.Join(b.data, name+".cc")}, strict...)
	return b.shared("c++", name, args...)
}

// nanobind's library is compiled with the flags too: part of what it counts is in there.
func (b builder) nanobind(name string) error {
	include, err := output(b.python, "-c", "import nanobind; print(nanobind.include_dir())")
	if err != nil {
		return err
	}
	root := filepath.Dir(include)
	headers := []string{"-isystem", include, "-isystem", filepath.Join(root, "ext/robin_map/include")}
	library := filepath.Join(b.dir, "nanobind.o")
	if err := b.compile("c++", append(headers, "-c", "-o", library, filepath.Join(root, "src/nb_combined.cpp"))...); err != nil {
		return err
	}
	args := append(append(headers, strict...), filepath.Join(b.data, name+".cc"), library)
	return b.shared("c++", name, args...)
}

// cython generates beside a copy of the source: the report finds the .pyx from there. What
// it generates has unused functions, and 3.8's headers do not say that PyInit_* is visible.
func (b builder) cython(name string) error {
	source, err := os.ReadFile(filepath.Join(b.data, name+".pyx"))
	if err != nil {
		return err
	}
	pyx := filepath.Join(b.dir, name+".pyx")
	if err := os.WriteFile(pyx, source, 0o644); err != nil {
		return err
	}
	if _, err := output(b.python, "-m", "cython", pyx); err != nil {
		return err
	}
	args := append([]string{filepath.Join(b.dir, name+".c")}, strict...)
	return b.shared("cc", name, append(args, "-fvisibility=default", "-Wno-unused-function", "-Wno-unused-parameter", "-Wno-missing-field-initializers")...)
}

// shared links a module.
func (b builder) shared(compiler, name string, args ...string) error {
	return b.compile(compiler, append(args, "-shared", "-o", filepath.Join(b.dir, name+".so"))...)
}

// compile runs a compiler with release flags and debug information.
func (b builder) compile(compiler string, args ...string) error {
	line := append([]string{"-O2", "-g", "-DNDEBUG", "-fPIC", "-fvisibility=hidden", "-fno-strict-aliasing"}, b.flags...)
	line = append(line, "-isystem", b.include)
	if compiler == "c++" {
		line = append(line, "-std=c++17")
	}
	_, err := output(compiler, append(line, args...)...)
	return err
}
