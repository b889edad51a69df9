package hint

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
)

var update = flag.Bool("update", false, "write the golden file anew")

// read reads a violation as `gilwatch run --report json=FILE` wrote it for one of the
// end-to-end tests' fixtures on 3.12, outer frames cut off.
func read(t testing.TB, name string) *report.Violation {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	v := &report.Violation{}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// recorded are the excerpts, with the shape and the binding that each is of, and what must
// be said.
var recorded = []struct {
	name, shape string
	binding     report.Origin
	says        []string
}{
	{"nanobind-call-guard", "call-guard", report.Nanobind, []string{"nb::call_guard<nb::gil_scoped_release>", "decimate_samples (capsule_wrong.cpp:20)", "nb::gil_scoped_acquire gil;"}},
	{"pybind11-call-guard", "call-guard", report.Pybind11, []string{"py::call_guard<py::gil_scoped_release>", "pybind11_fixture.cpp:26"}},
	{"pybind11-scope", "release-scope", report.Pybind11, []string{"py::gil_scoped_release at pybind11_fixture.cpp:7", "wrong (pybind11_fixture.cpp:8)", "py::gil_scoped_acquire gil;"}},
	{"pybind11-loop", "release-scope", report.Pybind11, []string{"given up at shapes.cpp:35", "loop (shapes.cpp:35)"}},
	{"cython-nogil", "release-scope", report.Cython, []string{"`with nogil`", "with gil:"}},
	{"cython-callback", "callback-released", report.Cython, []string{"__pyx_f_1s_cb (s.pyx:6) runs below", "Declare it `with gil`", "cb(…) noexcept with gil:"}},
	{"cython-callback-inlined", "callback-released", report.Cython, []string{"__pyx_f_1g_cb (g.pyx:11) runs below", "cb(…) noexcept with gil:"}},
	{"cython-callback-c-release", "callback-released", report.Cython, []string{"__pyx_f_2cb_cb (cb.pyx:12) runs below call_nogil", "cb(…) noexcept with gil:"}},
	{"c-below-cython", "release-scope", "", []string{"given up at ext.c:3", "bad (ext.c:4)", "PyGILState_Ensure"}},
	{"pyo3-detach", "release-scope", report.PyO3, []string{"Python::detach", "Python::attach(|py|", "lib.rs:12"}},
	{"ctypes-symbol", "ctypes", report.CTypes, []string{"PyDLL", "ctypes.pythonapi.PyUnicode_FromString"}},
	{"ctypes-library", "ctypes", report.CTypes, []string{"CDLL", "make_wrong (native.c:12)", "ctypes.PyDLL(path)", "PyGILState_Ensure"}},
	{"c-below-ctypes", "release-scope", "", []string{"given up at ext.c:3", "bad (ext.c:4)", "PyGILState_Ensure"}},
	{"swig-library", "call-guard", report.SWIG, []string{"%nothread work;", "work (swlib.c:2)", "PyGILState_Ensure"}},
	{"cffi-symbol", "cffi", report.CFFI, []string{"cannot be called through it"}},
	{"cffi-library", "cffi", report.CFFI, []string{"make_wrong (native.c:12)", "PyGILState_Ensure"}},
	{"cffi-api", "cffi", report.CFFI, []string{"make_wrong (_cffi_api.c:584)", "PyGILState_Ensure"}},
	{"c-worker", "worker-never-attached", "", []string{"pthread_create", "run_thread (cthread.h:11)", "PyGILState_Ensure", "Py_BEGIN_ALLOW_THREADS"}},
	{"std-thread-worker", "worker-never-attached", report.Pybind11, []string{"std::thread", "worker (shapes.cpp:11)", "py::gil_scoped_acquire gil;"}},
	{"openmp-worker", "openmp-worker", report.Pybind11, []string{"omp (shapes.cpp:12)", "parallel region"}},
	{"destructor-on-thread", "destructor-on-foreign-thread", report.Pybind11, []string{"Tracked::~Tracked (shapes.cpp:24)", "deleter (shapes.cpp:27)"}},
	{"destructor-released", "destructor-released", report.Pybind11, []string{"Tracked::~Tracked", "destroyed_released (shapes.cpp:31)"}},
	{"thread-local-destructor", "thread-local-destructor", "", []string{"thread-local", "destructors.cc:27"}},
	{"thread-local-of-python", "thread-local-destructor", "", []string{"Held::~Held (held.cpp:5)", "after the interpreter gave up the thread's state"}},
	{"signal-handler", "signal-handler", "", []string{"on_signal (handler.c:7)", "sig_atomic_t", "signal.signal"}},
	{"exit-destructor", "exit-destructor", "", []string{"atexit"}},
	{"error-callback", "error-callback", report.Pybind11, []string{"on_error (shapes.cpp:33)", "PyErr_SetString"}},
	{"progress-callback", "callback-released", "", []string{"progress (prog.c:2) runs below run (prog.c:4)", "PyGILState_Ensure"}},
	{"c-after-release", "release-scope", "", []string{"foreign.c:45", "PyGILState_Ensure"}},
	{"c-nested", "released-elsewhere", "", []string{"outer_release (nested.c:14)"}},
	{"c-scope", "release-scope", "", []string{"embed.c:21"}},
	{"tail-call", "release-scope", "", []string{"tailcall.c:20", "a function called by wrong_five"}},
	{"free-after-release", "free-after-release", report.Pybind11, []string{"PyMem_Free", "shapes.cpp:38", "PyMem_RawFree"}},
	{"c-release-twice", "release-twice", "", []string{"PyEval_SaveThread", "foreign.c:87"}},
	{"c-release-of-anothers", "release-of-anothers", "", []string{"never took"}},
	{"c-before-init", "before-init", "", []string{"Py_Initialize"}},
	{"c-after-finalize", "after-finalize", "", []string{"!_Py_IsFinalizing()"}},
}

func TestRecorded(t *testing.T) {
	var all strings.Builder
	for _, test := range recorded {
		v := read(t, test.name)
		c := newCall(v, "3.12.1")
		if s := shapeOf(c); s == nil || s.name != test.shape {
			t.Errorf("%s: shape %+v, want %s", test.name, s, test.shape)
		}
		if c.binding.origin != test.binding {
			t.Errorf("%s: binding %q, want %q", test.name, c.binding.origin, test.binding)
		}
		got := For(v, "3.12.1")
		for _, want := range test.says {
			if !strings.Contains(got, want) {
				t.Errorf("%s: does not say %q:\n%s", test.name, want, got)
			}
		}
		all.WriteString("== " + test.name + "\n" + got + "\n\n")
	}
	golden(t, all.String())
}

// golden compares all hints with one file, which is there to be read.
func golden(t *testing.T, got string) {
	t.Helper()
	path := filepath.Join("testdata", "hints.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it anew)", path)
	}
}
