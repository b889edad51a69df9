package hint

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
)

// frame is one of a module of the extension's own, or of the file's framework.
func frame(function, file string, line int) report.Frame {
	return report.Frame{Function: &function, File: &file, Line: &line, Module: new("/site/ext.so")}
}

// TestBindingWords holds the bindings that no fixture is built with against frames as their
// generators name them: Boost.Python's (boost/python/detail/invoke.hpp), SWIG's
// (Lib/python/pythreads.swg) and those of PyO3 before 0.26 (src/marker.rs).
func TestBindingWords(t *testing.T) {
	const boost = "/usr/include/boost/python/"
	const crate = "/home/user/.cargo/registry/src/index.crates.io-6f17d22bba15001f/pyo3-0.25.1/src/"
	for name, test := range map[string]struct {
		v     report.Violation
		shape string
		says  []string
	}{
		"Boost.Python": {report.Violation{
			NativeStack: []report.Frame{
				frame("boost::python::api::object::object<int>(int const&)", boost+"object_core.hpp", 206),
				frame("scale(double)", "/src/ext.cpp", 12),
				frame("boost::python::detail::invoke<…>", boost+"detail/invoke.hpp", 73)},
			ReleasedAt: []report.Frame{frame("scale(double)", "/src/ext.cpp", 9)},
		}, "release-scope", []string{"ext.cpp:9", "scale (ext.cpp:12)", "PyGILState_Ensure"}},
		"SWIG": {report.Violation{
			NativeStack: []report.Frame{frame("compute", "/src/compute.c", 30), frame("_wrap_compute", "/src/build/ext_wrap.cxx", 3000)},
			ReleasedAt: []report.Frame{
				frame("SWIG_Python_Thread_Allow::SWIG_Python_Thread_Allow()", "/src/build/ext_wrap.cxx", 980),
				frame("_wrap_compute", "/src/build/ext_wrap.cxx", 2999)},
		}, "call-guard", []string{"%nothread compute;", "PyGILState_Ensure", "compute (compute.c:30)"}},
		"PyO3 before 0.26": {report.Violation{
			NativeStack: []report.Frame{
				frame("ext::make", "/src/lib.rs", 12), frame("pyo3::marker::Python::allow_threads", crate+"marker.rs", 545)},
			ReleasedAt: []report.Frame{frame("pyo3::gil::SuspendGIL::new", crate+"gil.rs", 320)},
		}, "release-scope", []string{"Python::allow_threads", "Python::with_gil(|py|"}},
		"Rust thread": {report.Violation{
			NativeStack: []report.Frame{frame("ext::work", "/src/lib.rs", 40)},
			ThreadStartedAt: []report.Frame{
				frame("std::sys::pal::unix::thread::Thread::new", "/rustc/abc/library/std/src/sys/pal/unix/thread.rs", 84),
				frame("std::thread::spawn", "/rustc/abc/library/std/src/thread/mod.rs", 700),
				frame("ext::start", "/src/lib.rs", 50), frame("pyo3::impl_::trampoline::noargs", crate+"impl_/trampoline.rs", 1)},
		}, "worker-never-attached", []string{"Rust's std::thread in ext::start (lib.rs:50)", "with_gil"}},
		"cast": {report.Violation{
			NativeStack: []report.Frame{
				frame("pybind11::detail::list_caster<std::vector<int>, int>::cast", "/venv/include/pybind11/stl.h", 278),
				frame("send(std::vector<int>)", "/src/ext.cpp", 12)},
			ReleasedAt: []report.Frame{
				frame("pybind11::gil_scoped_release::gil_scoped_release", "/venv/include/pybind11/gil.h", 166),
				frame("send(std::vector<int>)", "/src/ext.cpp", 11)},
		}, "cast-released", []string{"send (ext.cpp:12)", "py::gil_scoped_acquire"}},
	} {
		test.v.Kind, test.v.Function, test.v.Count = report.KindGILNotHeld, "PyLong_FromLong", 1
		if s := shapeOf(newCall(&test.v, "3.12.1")); s == nil || s.name != test.shape {
			t.Errorf("%s: shape %+v, want %s", name, s, test.shape)
		}
		got := For(&test.v, "3.12.1")
		for _, want := range test.says {
			if !strings.Contains(got, want) {
				t.Errorf("%s: does not say %q:\n%s", name, want, got)
			}
		}
	}
}

// TestNothingKnown: without frames that tell, nothing is said.
func TestNothingKnown(t *testing.T) {
	for name, v := range map[string]report.Violation{
		"no frames":   {Kind: report.KindGILNotHeld, Function: "PyLong_FromLong"},
		"empty frame": {Kind: report.KindGILNotHeld, Function: "PyLong_FromLong", NativeStack: []report.Frame{{}}},
		"no thread":   {Kind: report.KindGILNotHeld, Function: "f", NativeStack: []report.Frame{frame("f", "/src/f.c", 1)}},
		"other kind":  {Kind: "from a later version"},
		"zero":        {},
	} {
		if got := For(&v, ""); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestTwins: what differs in the one thing that makes a shape is not of that shape.
func TestTwins(t *testing.T) {
	for name, test := range map[string]struct {
		from   string
		change func(v *report.Violation)
		shape  string
	}{
		"no free":       {"free-after-release", func(v *report.Violation) { v.Function = "PyLong_FromLong" }, "release-scope"},
		"no error":      {"error-callback", func(v *report.Violation) { v.Function = "PyLong_FromLong" }, "callback-released"},
		"no destructor": {"destructor-on-thread", func(v *report.Violation) { v.NativeStack = v.NativeStack[10:] }, "worker-never-attached"},
		"no OpenMP":     {"openmp-worker", func(v *report.Violation) { v.NativeStack, v.ThreadStartedAt = v.NativeStack[:1], v.ThreadStartedAt[2:] }, "worker-never-attached"},
		"a C thread's":  {"thread-local-of-python", func(v *report.Violation) { v.ThreadStartedAt = startedInC() }, "thread-local-destructor"},
		"not its end":   {"thread-local-of-python", func(v *report.Violation) { v.NativeStack, v.ThreadStartedAt = v.NativeStack[:3], startedInC() }, "destructor-on-foreign-thread"},
		"a C API's thread": {"thread-local-of-python", func(v *report.Violation) {
			v.NativeStack = v.NativeStack[:1]
			v.ThreadStartedAt = append(v.ThreadStartedAt[:1:1], startedInC()...)
		}, "worker-never-attached"},
		"no signal":     {"signal-handler", func(v *report.Violation) { v.NativeStack[1].Function = new("__qsort_r") }, "released-elsewhere"},
		"a real error":  {"progress-callback", func(v *report.Violation) { v.Function = "PyErr_SetString" }, "error-callback"},
		"frees inlined": {"cython-callback-c-release", func(v *report.Violation) { v.Function = "_Py_Dealloc" }, "callback-released"},
		"errs inlined":  {"cython-callback-c-release", func(v *report.Violation) { v.Function = "PyErr_SetString" }, "error-callback"},
		"ctypes released": {"c-below-ctypes", func(v *report.Violation) {
			v.NativeStack, v.ReleasedAt = append(v.NativeStack[:1:1], v.NativeStack[9:]...), v.NativeStack[8:9]
		}, "ctypes"},
		"not exit":         {"exit-destructor", func(v *report.Violation) { v.NativeStack = v.NativeStack[:1] }, "after-finalize"},
		"foreign state":    {"c-scope", func(v *report.Violation) { v.Kind = report.KindNotAttachedHere }, "foreign-state"},
		"not the releaser": {"c-scope", func(v *report.Violation) { v.ReleasedAt[0].Function = new("other") }, "released-elsewhere"},
		"nearest is no name": {"destructor-released", func(v *report.Violation) {
			for i := range v.NativeStack {
				v.NativeStack[i].Nearest = true
			}
		}, "released-elsewhere"},
	} {
		v := read(t, test.from)
		test.change(v)
		if s := shapeOf(newCall(v, "")); s == nil || s.name != test.shape {
			t.Errorf("%s: shape %+v, want %s", name, s, test.shape)
		}
	}
}

// TestUnnamedReleaser: where no name is certain, the file is said that let the GIL go.
func TestUnnamedReleaser(t *testing.T) {
	for name, module := range map[string]*string{"gave up the GIL in libpyside6.so and": new("/site/libpyside6.so"), "gave up the GIL in an unknown place and": nil} {
		v := read(t, "c-nested")
		for i := range v.ReleasedAt {
			v.ReleasedAt[i] = report.Frame{Function: new("far"), Nearest: true, Module: module}
		}
		if got := For(v, "3.12.1"); !strings.Contains(got, name) {
			t.Errorf("lacks %q:\n%s", name, got)
		}
	}
}

func TestFinalizingIsPublicFrom313(t *testing.T) {
	v := read(t, "c-after-finalize")
	for python, private := range map[string]bool{"3.8.18": true, "3.12.1": true, "3.13.0": false, "3.13.0t": false, "3.15.0rc2": false, "": false} {
		if got := strings.Contains(For(v, python), "_Py_IsFinalizing"); got != private {
			t.Errorf("%s: private name: %v", python, got)
		}
	}
}

// TestHostileFrames: names of any shape and length neither panic nor come through whole.
func TestHostileFrames(t *testing.T) {
	for _, s := range []string{"", "<", "::~", "~", "(", "\x1b[31m", "\xff", "operator", "/pyo3-0.", strings.Repeat("::~x<", 4000)} {
		for _, test := range recorded {
			v := read(t, test.name)
			v.Function = s
			for _, frames := range [][]report.Frame{v.NativeStack, v.ReleasedAt, v.ThreadStartedAt} {
				for i := range frames {
					frames[i].Function, frames[i].File = &s, &s
				}
			}
			got := For(v, s)
			if len(got) > 4000 || slices.Contains([]byte(got), 0x1b) {
				t.Errorf("%.20q in %s: %d bytes", s, test.name, len(got))
			}
		}
	}
}

// The function that gave the GIL up is named where it is known, and no other then.
func TestFreeAfterReleaseNamesTheFunction(t *testing.T) {
	frame := report.Frame{Function: new("finish"), File: new("/src/own.c"), Line: new(7), Module: new("/src/own.so")}
	v := &report.Violation{Kind: report.KindGILNotHeld, Function: "_Py_Dealloc", Count: 1,
		NativeStack: []report.Frame{frame}, ReleasedAt: []report.Frame{frame}}
	if hint := For(v, "3.12.1"); !strings.Contains(hint, "PyGILState_Release or PyEval_SaveThread") {
		t.Errorf("not known: %s", hint)
	}
	v.ReleasedBy = new("PyGILState_Release")
	if hint := For(v, "3.12.1"); !strings.Contains(hint, "after PyGILState_Release gave up the GIL at") || strings.Contains(hint, "PyEval_SaveThread") {
		t.Errorf("known: %s", hint)
	}
}

func startedInC() []report.Frame { return []report.Frame{frame("start", "/src/ext.cpp", 30)} }
