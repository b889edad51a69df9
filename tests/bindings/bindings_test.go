// Package bindings holds gilwatch against what extensions are written with: nanobind,
// pybind11, Boost.Python, Cython, SWIG, PyO3, OpenMP, cffi and ctypes. Every function that makes an object detached has a twin
// that makes the same object right.
package bindings

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

func TestBindings(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		fixtures := build(t, py, "-O2")
		for _, pair := range pairs {
			if !pair.fits(py) {
				continue
			}
			t.Run(pair.name, func(t *testing.T) {
				call := func(function string) watch.Command { return fixtures.call(t, pair.module, function) }
				wrong := watch.Run(t, call(pair.wrong))
				found := wrong.Only(t, watch.Want{Function: "PyUnicode_FromString", Fatal: py.ThreadLocal(), TailCall: pair.tailCall})
				wrong.Watched(t)
				if !calledFrom(found[0], pair.caller) {
					t.Errorf("not called from %s: %s", pair.caller, found[0])
				}
				pair.explained(t, fixtures, found[0])
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

// Without an optimizer the frames are others, and their lines must be as right. One function
// of each module is enough.
func TestBindingsUnoptimized(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		fixtures := build(t, py, "-O0")
		for _, pair := range pairs {
			if !pair.fits(py) || len(pair.calls) == 0 {
				continue
			}
			t.Run(pair.name, func(t *testing.T) {
				result := watch.Run(t, fixtures.call(t, pair.module, pair.wrong))
				found := result.Only(t, watch.Want{
					Function: "PyUnicode_FromString", Fatal: py.ThreadLocal(), TailCall: pair.tailCall})
				pair.explained(t, fixtures, found[0])
			})
		}
	})
}

// call is the command that calls one function and prints what it made.
func (b built) call(t *testing.T, module, function string) watch.Command {
	t.Helper()
	folders := []string{b.modules}
	if crate, ok := crates[module]; ok {
		folders = append(folders, crate.build(t, b.level))
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
