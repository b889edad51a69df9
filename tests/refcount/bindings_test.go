package refcount

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// binding is a module of testdata that is written with a binding, and the macros that its
// lines come to: those marked copied, dropped and first.
type binding struct {
	name   string
	source string
	macros map[string]string
	build  func(b builder, name string) error
}

var bindings = []binding{
	{"pybind11_counts", "pybind11_counts.cc", expands("Py_XINCREF", "Py_XDECREF"), builder.pybind11},
	{"nanobind_counts", "nanobind_counts.cc", expands("Py_XINCREF", "Py_XDECREF"), builder.nanobind},
	{"cython_counts", "cython_counts.pyx", expands("Py_INCREF", "Py_DECREF"), builder.cython},
}

func expands(copied, dropped string) map[string]string {
	return map[string]string{"copied": copied, "dropped": dropped, "first": "PyList_GET_ITEM"}
}

// What a binding counts is found under the macro's name, at the line of the module's source
// that made the binding count; used right there is nothing. Without gilwatch the module
// works, wrong calls too.
func TestBindings(t *testing.T) {
	flags := cflags(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		env := venv.New(t, py, testdata(t, "requirements.txt"))
		for _, b := range bindings {
			t.Run(b.name, func(t *testing.T) {
				dir := b.compiled(t, py, env, flags)
				command := func(call string) watch.Command {
					return watch.Command{
						Args: []string{env.Python, "-c", fmt.Sprintf("import %s as m\nprint(m.%s([True]))", b.name, call)},
						Env:  []string{"PYTHONPATH=" + dir},
					}
				}
				right := watch.Run(t, command("right"))
				right.Clean(t)
				right.Prints(t, "True\n")
				wrong := watch.Run(t, command("wrong"))
				wrong.Exit(t, violated)
				wrong.Prints(t, "True\n")
				b.found(t, wrong)
				for _, call := range []string{"right", "wrong"} {
					bare := watch.Bare(t, command(call))
					bare.Exit(t, 0)
					bare.Prints(t, "True\n")
				}
			})
		}
	})
}

// found fails unless each macro is reported, on a stack with the marked line.
func (b binding) found(t *testing.T, result *watch.Result) {
	t.Helper()
	if result.Report == nil {
		t.Fatalf("no report\n%s", result)
	}
	source, err := os.ReadFile(filepath.Join("testdata", b.source))
	if err != nil {
		t.Fatal(err)
	}
	for mark, macro := range b.macros {
		line := 1 + strings.Count(strings.Split(string(source), "MARK "+mark+"\n")[0], "\n")
		if !b.reported(t, result.Report, macro, line) {
			t.Errorf("no %s at line %d\n%s", macro, line, result)
		}
	}
}

// reported says whether the macro was found with the source's line on the stack.
func (b binding) reported(t *testing.T, report *watch.Report, macro string, line int) bool {
	t.Helper()
	for _, v := range report.Violations {
		if v.Function != macro {
			continue
		}
		for _, frame := range v.NativeStack {
			if frame.File != nil && filepath.Base(*frame.File) == b.source && frame.Line != nil && *frame.Line == line {
				return true
			}
		}
	}
	return false
}

// compiled is the folder of the module, compiled with the flags.
func (b binding) compiled(t *testing.T, py pythons.Python, env venv.Env, flags []string) string {
	t.Helper()
	key := []string{env.Dir, strings.Join(flags, " "), testdata(t, "")} // debug information has the folder
	for _, name := range []string{testdata(t, b.source), "build_test.go"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		key = append(key, string(data))
	}
	return cache.Folder(t, b.name+"-"+py.Name(), key, func(dir string) error {
		return b.build(builder{dir: dir, data: testdata(t, ""), python: env.Python, include: py.Include, flags: flags}, b.name)
	})
}

// testdata is the absolute path of a file in testdata.
func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// output runs a command and returns what it printed; the error has what it said.
func output(name string, args ...string) (string, error) {
	var said strings.Builder
	command := exec.Command(name, args...)
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, &said)
	}
	return strings.TrimSpace(string(out)), nil
}
