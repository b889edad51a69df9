package hint

import (
	"strconv"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// binding is the words in which a binding speaks of the GIL.
type binding struct {
	origin report.Origin
	// release is what lets go of the GIL for a scope, guard what does for a function.
	release, guard string
	// acquire is code that holds the GIL to the end of a scope, free that does without
	// it: what to put around a computation.
	acquire, free string
	// names start the functions that a generator makes out of the user's.
	names []string
}

const (
	cAcquire = "    PyGILState_STATE gil = PyGILState_Ensure();\n    …\n    PyGILState_Release(gil);"
	cFree    = "    Py_BEGIN_ALLOW_THREADS\n    …\n    Py_END_ALLOW_THREADS"
)

// wrapper starts the names of the functions that SWIG makes around the user's.
const wrapper = "_wrap_"

// plainC is the binding of code without one, and what is written in C below any other.
var plainC = &binding{release: "Py_BEGIN_ALLOW_THREADS", acquire: cAcquire, free: cFree}

var bindings = []*binding{
	{origin: report.Nanobind, release: "nb::gil_scoped_release", guard: "nb::call_guard<nb::gil_scoped_release>",
		acquire: "    nb::gil_scoped_acquire gil;", free: "    { nb::gil_scoped_release free; … }"},
	{origin: report.Pybind11, release: "py::gil_scoped_release", guard: "py::call_guard<py::gil_scoped_release>",
		acquire: "    py::gil_scoped_acquire gil;", free: "    { py::gil_scoped_release free; … }"},
	{origin: report.Cython, release: "with nogil", acquire: "    with gil:", free: "    with nogil:",
		names: []string{"__pyx_"}},
	{origin: report.PyO3, release: "Python::detach", acquire: "    Python::attach(|py| { … })", free: "    py.detach(|| { … })"},
	{origin: report.BoostPython, release: "Py_BEGIN_ALLOW_THREADS", acquire: cAcquire, free: cFree},
	{origin: report.SWIG, release: "SWIG_PYTHON_THREAD_BEGIN_ALLOW", guard: "%thread",
		acquire: "    SWIG_PYTHON_THREAD_BEGIN_BLOCK;\n    …\n    SWIG_PYTHON_THREAD_END_BLOCK;", free: cFree,
		names: []string{wrapper, "SwigDirector_", "SwigValueWrapper"}},
	{origin: report.CFFI, release: "cffi", acquire: cAcquire, free: cFree, names: []string{"_cffi_f_", "_cffi_d_"}},
	{origin: report.CTypes, release: "ctypes.CDLL", acquire: cAcquire, free: cFree},
}

// oldPyO3 is PyO3's before 0.26, which renamed with_gil and allow_threads.
var oldPyO3 = &binding{origin: report.PyO3, release: "Python::allow_threads",
	acquire: "    Python::with_gil(|py| { … })", free: "    py.allow_threads(|| { … })"}

// bindingOf tells the binding from the stacks given, the first that names one.
func bindingOf(stacks ...[]report.Frame) *binding {
	for _, frames := range stacks {
		for _, f := range near(frames) {
			if b := frameBinding(f); b != nil {
				if b.origin == report.PyO3 && isOldPyO3(frames) {
					return oldPyO3
				}
				return b
			}
		}
	}
	return plainC
}

// near are the frames as far as where the interpreter called the extension's own code, or called
// what stands innermost. Who stands beyond ran Python code, which may have called anything.
func near(frames []report.Frame) []report.Frame {
	i := max(report.OwnFrame(frames), 0)
	for i < len(frames) && frames[i].Interpreter {
		i++
	}
	for ; i < len(frames); i++ {
		if frames[i].Interpreter {
			return frames[:i]
		}
	}
	return frames
}

func frameBinding(f report.Frame) *binding {
	origin := report.OriginOf(f)
	name := function(f)
	for _, b := range bindings {
		if origin == b.origin {
			return b
		}
		for _, start := range b.names {
			if strings.HasPrefix(name, start) {
				return b
			}
		}
	}
	if origin == report.Own && f.File != nil && strings.HasSuffix(*f.File, ".pyx") {
		return frameBinding(report.Frame{Function: new("__pyx_")})
	}
	return nil
}

// isOldPyO3 goes by the crate's folder, pyo3-0.25.1, or by the old names.
func isOldPyO3(frames []report.Frame) bool {
	for _, f := range frames {
		if f.File != nil {
			if _, version, ok := strings.Cut(*f.File, "/pyo3-0."); ok {
				minor, _, _ := strings.Cut(version, ".")
				n, err := strconv.Atoi(minor)
				return err == nil && n < 26
			}
		}
		if name := function(f); strings.Contains(name, "allow_threads") || strings.Contains(name, "SuspendGIL") {
			return true
		}
	}
	return false
}
