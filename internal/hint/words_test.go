package hint

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
)

// TestNeverIsSaidOfForeignThreads: no thread of Python's, and none that runs Python, is told that
// it never had a thread state, whatever else is known of it. Its twin is a thread that C made.
func TestNeverIsSaidOfForeignThreads(t *testing.T) {
	for name, never := range map[string]bool{"thread-local-of-python": false, "signal-handler": false, "destructor-on-thread": true, "c-worker": true} {
		whole := len(read(t, name).NativeStack)
		for cut := range whole {
			v := read(t, name)
			v.NativeStack = v.NativeStack[:whole-cut]
			if got := strings.Contains(For(v, "3.12.1"), "never had a thread state"); got != never {
				t.Errorf("%s, %d frames: never had one: %v\n%s", name, whole-cut, got, For(v, "3.12.1"))
			}
		}
	}
}

// TestWordsOfTheCaller: code is told in the words that compile where it is to stand.
func TestWordsOfTheCaller(t *testing.T) {
	for name, test := range map[string]struct {
		from   string
		change func(v *report.Violation)
		says   string
	}{
		"C below SWIG":       {"swig-library", func(v *report.Violation) {}, "PyGILState_Ensure();"},
		"SWIG's wrapper":     {"swig-library", func(v *report.Violation) { v.NativeStack = v.NativeStack[1:] }, "SWIG_PYTHON_THREAD_BEGIN_BLOCK;"},
		"C below pybind11":   {"std-thread-worker", func(v *report.Violation) { v.NativeStack[0].File = new("/src/library.c") }, "PyGILState_Ensure();"},
		"C++ below pybind11": {"std-thread-worker", func(v *report.Violation) { v.NativeStack[0].File = new("/src/library.cc") }, "py::gil_scoped_acquire gil;"},
		"C below Cython": {"cython-callback", func(v *report.Violation) {
			v.NativeStack = v.NativeStack[2:]
			v.NativeStack[0].Function = new("lib_call")
		}, "    with gil:"},
		"a nogil block":   {"cython-nogil", func(v *report.Violation) {}, "    with gil:"},
		"a parallel loop": {"cython-callback", func(v *report.Violation) { v.NativeStack[1].Function = new("__pyx_f_1s_cb._omp_fn.0") }, "    with gil:"},
		"on a thread of C's": {"cython-callback", func(v *report.Violation) {
			v.ReleasedAt, v.PythonStack, v.ThreadStartedAt = nil, nil, startedInC()
			v.NativeStack = v.NativeStack[:3]
		}, "cb(…) noexcept with gil:"},
		"given up by another": {"cython-callback", func(v *report.Violation) { v.ReleasedAt = []report.Frame{frame("let_go", "/src/lib.c", 4)} }, "gave up the GIL in let_go (lib.c:4) and has not taken it again"},
		"called by the other": {"cython-callback", calledByAnother, "cb(…) noexcept with gil:"},
	} {
		v := read(t, test.from)
		test.change(v)
		if got := For(v, "3.12.1"); !strings.Contains(got, test.says) {
			t.Errorf("%s: does not say %q:\n%s", name, test.says, got)
		}
	}
}

// calledByAnother puts the call into a cdef function that the callback calls: it is the callback
// that C calls without the GIL.
func calledByAnother(v *report.Violation) {
	inner := frame("__pyx_f_1s_inner", "/src/s.pyx", 20)
	v.NativeStack = append([]report.Frame{v.NativeStack[0], inner}, v.NativeStack[1:]...)
}

// TestCythonName takes the names of package, module and class off, which stand there with their lengths.
func TestCythonName(t *testing.T) {
	for c, want := range map[string]string{
		"__pyx_f_1g_cb": "cb", "__pyx_f_3pkg_4calc_work": "work", "__pyx_f_1g_6Holder_give": "give",
		"__pyx_f_4calc_2_x": "2_x", "__pyx_f_": "", "__pyx_f_99999_x": "99999_x", "__pyx_f_1g_": "1g_",
	} {
		if got := cythonName(report.Frame{Function: &c}); got != want {
			t.Errorf("%s: %q, want %q", c, got, want)
		}
	}
}

// TestRaises holds the functions of pyerrors.h that raise against those that ask, or do something
// with an error that was raised: only the former can be kept for later.
func TestRaises(t *testing.T) {
	for shape, functions := range map[string]string{
		"error-callback": "PyErr_SetString PyErr_SetNone PyErr_SetObject PyErr_SetFromErrno PyErr_SetRaisedException PyErr_SetImportError " +
			"PyErr_Format PyErr_FormatV PyErr_NoMemory PyErr_BadArgument PyErr_BadInternalCall PyErr_Restore PyErr_WarnEx " +
			"PyErr_WarnFormat PyErr_ResourceWarning",
		"callback-released": "PyErr_CheckSignals PyErr_Occurred PyErr_ExceptionMatches PyErr_GivenExceptionMatches PyErr_Fetch PyErr_Clear " +
			"PyErr_Print PyErr_PrintEx PyErr_WriteUnraisable PyErr_FormatUnraisable PyErr_Display PyErr_GetRaisedException PyErr_GetExcInfo " +
			"PyErr_SetExcInfo PyErr_SetHandledException PyErr_NormalizeException PyErr_NewException PyErr_ProgramText PyErr_SyntaxLocation",
	} {
		for function := range strings.FieldsSeq(functions) {
			v := read(t, "progress-callback")
			v.Function = function
			if s := shapeOf(newCall(v, "")); s == nil || s.name != shape {
				t.Errorf("%s: shape %+v, want %s", function, s, shape)
			}
		}
	}
}
