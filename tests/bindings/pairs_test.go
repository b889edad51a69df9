package bindings

import (
	"slices"

	"github.com/gilwatch/gilwatch/tests/pythons"
)

// pair is a wrong function of a fixture module, and the right one.
type pair struct {
	name         string
	module       string // as it is imported
	wrong, right string
	prints       string
	caller       string // how the file name of the module that is returned to starts
	told
}

// told is what the report says of a wrong function besides.
type told struct {
	// calls are the marks of the fixture's own frames, innermost first; released and
	// started those of where the thread let go, or was made.
	calls, released, started []string
	hint                     []string // what the hint says, in the binding's own words
	tailCall                 bool     // of a library that is not the fixture's to compile
}

// pairs are the fixtures. libffi is a library of its own in some builds, and linked into
// the module in others; the empty caller stands for both.
var pairs = slices.Concat(cppPairs, generatedPairs, rustPairs, foreignPairs)

var cppPairs = []pair{
	{"pybind11", "pybind11_fixture", "wrong", "right", "made in pybind11", "pybind11_fixture", told{
		calls: []string{"make", "wrong"}, released: []string{"released"},
		hint: []string{"py::gil_scoped_release"}}},
	{"pybind11-call-guard", "pybind11_fixture", "guarded_wrong", "acquired_right", "made in pybind11", "pybind11_fixture", told{
		calls: []string{"make", "guarded"},
		hint:  []string{"py::call_guard<py::gil_scoped_release>"}}},
	{"boost", "boost_fixture", "wrong", "right", "made in Boost.Python", "boost_fixture", told{
		tailCall: true,
		calls:    []string{"make", "wrong"}, released: []string{"save", "released"},
		hint: []string{"converts between C++ and Python", "PyGILState_Ensure"}}},
	{"boost-ensure", "boost_fixture", "wrong", "acquired_right", "made in Boost.Python", "boost_fixture", told{tailCall: true}},
	{"openmp", "openmp_fixture", "wrong", "right", "made in OpenMP", "openmp_fixture", told{
		calls: []string{"make", "worker"}, started: []string{"region"},
		hint: []string{"worker thread of OpenMP"}}},
	{"openmp-ensure", "openmp_fixture", "wrong", "acquired_right", "made in OpenMP", "openmp_fixture", told{}},
}

var generatedPairs = []pair{
	{"cython", "cython_fixture", "wrong", "right", "made in Cython", "cython_fixture", told{
		calls: []string{"wrong"}, released: []string{"released"},
		hint: []string{"`with nogil`", "with gil:"}}},
	{"cython-with-gil", "cython_fixture", "wrong", "acquired_right", "made in Cython", "cython_fixture", told{}},
	{"cython-callback", "cython_fixture", "callback_wrong", "callback_right", "made in Cython", "cython_fixture", told{
		calls: []string{"keep"}, released: []string{"around"},
		hint: []string{"Declare it `with gil`", "cdef … keep(…) noexcept with gil:"}}},
	{"cython-callback-inlined", "cython_fixture", "callback_inlined_wrong", "callback_inlined_right", "made in Cython", "cython_fixture", told{
		calls: []string{"keep"}, released: []string{"around"},
		hint: []string{"Declare it `with gil`", "cdef … keep(…) noexcept with gil:"}}},
	{"cython-callback-released", "cython_fixture", "callback_released_wrong", "callback_released_right", "made in Cython", "cython_fixture", told{
		calls: []string{"keep"},
		hint:  []string{"Declare it `with gil`", "cdef … keep(…) noexcept with gil:"}}},
	{"swig-c", "swig_c_fixture", "wrong", "right", "made in SWIG", "_swig_c_fixture", told{
		calls: []string{"make", "wrong"},
		hint:  []string{"%nothread wrong;"}}},
	{"swig-c-block", "swig_c_fixture", "wrong", "acquired_right", "made in SWIG", "_swig_c_fixture", told{}},
	{"swig-c-library", "swig_c_fixture", "library_wrong", "library_right", "made in C", "_swig_c_fixture", told{
		calls: []string{"make", "wrong"},
		hint:  []string{"%nothread library_wrong;", "PyGILState_Ensure();"}}},
	{"swig-c++", "swig_cpp_fixture", "wrong", "right", "made in SWIG", "_swig_cpp_fixture", told{
		calls: []string{"make", "wrong"},
		hint:  []string{"%nothread wrong;"}}},
	{"swig-c++-library", "swig_cpp_fixture", "library_wrong", "library_right", "made in C", "_swig_cpp_fixture", told{
		calls: []string{"make", "wrong"},
		hint:  []string{"%nothread library_wrong;", "PyGILState_Ensure();"}}},
	{"swig-c++-block", "swig_cpp_fixture", "wrong", "acquired_right", "made in SWIG", "_swig_cpp_fixture", told{}},
}

var rustPairs = []pair{
	{"pyo3", "pyo3_fixture", "wrong", "right", "made in PyO3", "pyo3_fixture", told{
		calls: []string{"make", "wrong", "wrong"}, released: []string{"wrong"},
		hint: []string{"Python::detach at lib.rs", "Python::attach(|py|"}}},
	{"pyo3-attach", "pyo3_fixture", "wrong", "acquired_right", "made in PyO3", "pyo3_fixture", told{}},
	{"pyo3-thread", "pyo3_fixture", "thread_wrong", "thread_right", "made in PyO3", "pyo3_fixture", told{
		calls: []string{"make", "thread"}, started: []string{"thread"},
		hint: []string{"Rust's std::thread", "Python::attach(|py|"}}},
	{"pyo3-old", "pyo3_old_fixture", "wrong", "right", "made in PyO3", "pyo3_old_fixture", told{
		calls: []string{"make", "wrong", "wrong"}, released: []string{"wrong"},
		hint: []string{"Python::allow_threads at lib.rs", "Python::with_gil(|py|"}}},
	{"pyo3-old-with-gil", "pyo3_old_fixture", "wrong", "acquired_right", "made in PyO3", "pyo3_old_fixture", told{}},
	{"pyo3-old-thread", "pyo3_old_fixture", "thread_wrong", "thread_right", "made in PyO3", "pyo3_old_fixture", told{
		calls: []string{"make", "thread"}, started: []string{"thread"},
		hint: []string{"Rust's std::thread", "Python::with_gil(|py|"}}},
}

var foreignPairs = []pair{
	{"ctypes-symbol", "ctypes_fixture", "symbol_wrong", "symbol_right", "made by ctypes", "", told{
		hint: []string{"ctypes.pythonapi.PyUnicode_FromString"}}},
	{"ctypes-library", "ctypes_fixture", "library_wrong", "library_right", "made in C", "native", told{
		calls: []string{"make", "wrong"}, hint: []string{"ctypes.PyDLL(path)"}}},
	{"ctypes-callback", "ctypes_fixture", "callback_wrong", "callback_right", "made in C", "native", told{
		calls: []string{"make", "wrong", "after"}}},
	{"cffi-symbol", "cffi_abi_fixture", "symbol_wrong", "library_right", "made in C", "", told{
		hint: []string{"cffi releases the GIL around every C call"}}},
	{"cffi-library", "cffi_abi_fixture", "library_wrong", "library_right", "made in C", "native", told{
		calls: []string{"make", "wrong"}, hint: []string{"cffi releases the GIL around every C call"}}},
	{"cffi-callback", "cffi_abi_fixture", "callback_wrong", "callback_right", "made in C", "native", told{}},
	{"cffi-api", "cffi_api_fixture", "wrong", "right", "made in C", "_cffi_api", told{
		hint: []string{"cffi releases the GIL around every C call"}}},
	{"cffi-api-callback", "cffi_api_fixture", "callback_wrong", "callback_right", "made in C", "_cffi_api", told{}},
}

// fits says whether the pair's binding can be had for py. Debian builds Boost.Python for its
// own Python, which is 3.11.
func (p pair) fits(py pythons.Python) bool { return p.module != "boost_fixture" || py.Minor == 11 }
