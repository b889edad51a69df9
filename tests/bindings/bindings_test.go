// Package bindings holds gilwatch against what extensions are written with: pybind11,
// Cython, PyO3, cffi and ctypes. Every function that makes an object detached has a twin
// that makes the same object right.
package bindings

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// pair is a wrong function of a fixture module, and the right one.
type pair struct {
	name         string
	module       string // as it is imported
	wrong, right string
	prints       string
	caller       string // how the file name of the module that calls the C API starts
}

// pairs are the fixtures. libffi is a library of its own in some builds, and linked into
// the module in others; the empty caller stands for both.
var pairs = []pair{
	{"pybind11", "pybind11_fixture", "wrong", "right", "made in pybind11", "pybind11_fixture"},
	{"pybind11-call-guard", "pybind11_fixture", "guarded_wrong", "acquired_right",
		"made in pybind11", "pybind11_fixture"},
	{"cython", "cython_fixture", "wrong", "right", "made in Cython", "cython_fixture"},
	{"cython-with-gil", "cython_fixture", "wrong", "acquired_right", "made in Cython", "cython_fixture"},
	{"pyo3", "pyo3_fixture", "wrong", "right", "made in PyO3", "pyo3_fixture"},
	{"pyo3-attach", "pyo3_fixture", "wrong", "acquired_right", "made in PyO3", "pyo3_fixture"},
	{"ctypes-symbol", "ctypes_fixture", "symbol_wrong", "symbol_right", "made by ctypes", ""},
	{"ctypes-library", "ctypes_fixture", "library_wrong", "library_right", "made in C", "native"},
	{"ctypes-callback", "ctypes_fixture", "callback_wrong", "callback_right", "made in C", "native"},
	{"cffi-symbol", "cffi_abi_fixture", "symbol_wrong", "library_right", "made in C", ""},
	{"cffi-library", "cffi_abi_fixture", "library_wrong", "library_right", "made in C", "native"},
	{"cffi-callback", "cffi_abi_fixture", "callback_wrong", "callback_right", "made in C", "native"},
	{"cffi-api", "cffi_api_fixture", "wrong", "right", "made in C", "_cffi_api"},
	{"cffi-api-callback", "cffi_api_fixture", "callback_wrong", "callback_right", "made in C", "_cffi_api"},
}

func TestBindings(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		fixtures := build(t, py)
		for _, pair := range pairs {
			t.Run(pair.name, func(t *testing.T) {
				call := func(function string) watch.Command { return fixtures.call(t, pair.module, function) }
				wrong := watch.Run(t, call(pair.wrong))
				found := wrong.Only(t, watch.Want{Function: "PyUnicode_FromString", Fatal: py.ThreadLocal()})
				wrong.Watched(t)
				if !calledFrom(found[0], pair.caller) {
					t.Errorf("not called from %s: %s", pair.caller, found[0])
				}
				if py.ThreadLocal() {
					wrong.Exit(t, 128+11) // SIGSEGV: no thread state to allocate with
				} else {
					wrong.Exit(t, 66)
					wrong.Prints(t, pair.prints+"\n")
				}

				right := watch.Run(t, call(pair.right))
				right.Clean(t)
				right.Prints(t, pair.prints+"\n")
			})
		}
	})
}

// call is the command that calls one function and prints what it made.
func (b built) call(t *testing.T, module, function string) watch.Command {
	t.Helper()
	folders := []string{b.modules}
	if module == "pyo3_fixture" {
		folders = append(folders, buildPyO3(t))
	}
	return watch.Command{
		Args: []string{b.env.Python, testdata(t, "call.py"), module, function},
		Env: []string{
			"PYTHONPATH=" + strings.Join(folders, ":"),
			"NATIVE_LIBRARY=" + b.native,
		},
	}
}

// calledFrom says whether the file name of the innermost frame's module starts with prefix.
func calledFrom(violation watch.Violation, prefix string) bool {
	if len(violation.NativeStack) == 0 {
		return false
	}
	module := violation.NativeStack[0].Module
	return prefix == "" || module != nil && strings.HasPrefix(filepath.Base(*module), prefix)
}
