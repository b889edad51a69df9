package report

import (
	"strings"
	"time"
)

// at is a fixed moment plus seconds.
func at(seconds int) *time.Time {
	return new(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second))
}

const (
	extension = "/venv/lib/python3.12/site-packages/soxr/soxr_ext.cpython-312-x86_64-linux-gnu.so"
	libpython = "/opt/python/lib/libpython3.12.so.1.0"
)

func frame(function, module string, offset uint64) Frame {
	f := Frame{Module: &module, Offset: &offset, BuildID: new("9f8e7d6c"), Interpreter: module == libpython}
	if function != "" {
		f.Function = &function
	}
	return f
}

// process returns a watched process on 3.12.
func process(pid int) Process {
	return Process{
		PID: pid, PPID: new(1), Exe: new("/venv/bin/python3.12"), Argv: []string{"python", "-m", "pytest"},
		Python: new("3.12.1"), Build: new(BuildShared), FreeThreaded: new(false), Backend: BackendShim, Watched: true,
		ModulesWatched: 214, FunctionsWatched: 1482, Started: at(0), Ended: at(9), ExitCode: new(0),
	}
}

// fatalViolation is wjakob/nanobind#656 as it looks without debug information.
func fatalViolation() Violation {
	stack := []Frame{
		frame("nanobind::detail::capsule_new(void const*, char const*, void (*)(void*))", extension, 0x1f3a2),
		frame("nanobind::capsule::capsule(void const*, void (*)(void*))", extension, 0x1a010),
		frame("nanobind::ndarray<nanobind::numpy, float, nanobind::shape<-1> > divide_proc<float>(Resampler&, float)",
			extension, 0x8c12),
		frame("nanobind::detail::nb_func_vectorcall_complex(_object*, _object* const*, unsigned long, _object*)",
			extension, 0x1c4d0),
		frame("_PyEval_EvalFrameDefault", libpython, 0x1a2b3c),
		frame("PyEval_EvalCode", libpython, 0x1a0000),
		frame("", libpython, 0x19ff00),
		frame("main", "/venv/bin/python3.12", 0x1040),
	}
	return Violation{
		ID: ID(KindGILNotHeld, "PyCapsule_New", stack), Kind: KindGILNotHeld, Severity: SeverityError,
		Function: "PyCapsule_New", Count: 1000, FirstSeen: at(1), LastSeen: at(5), PID: 4121, TID: 4121,
		ThreadName: new("MainThread"), Processes: []int{4121}, Tests: []string{"test_resample.py::test_divide[float32] (call)"},
		NativeStack: stack,
		ReleasedAt: []Frame{
			frame("nanobind::gil_scoped_release::gil_scoped_release()", extension, 0x9a10),
			frame("nanobind::detail::func_create<...>::{lambda(void*)#1}::_FUN(void*)", extension, 0x9b20),
		},
		ReleasedBy: new("PyEval_SaveThread"), GILHolder: &GILHolder{Held: true, TID: new(4130), ThreadName: new("itk worker")},
		PythonStack: []PythonFrame{
			{new("resample"), new("/venv/lib/python3.12/site-packages/soxr/__init__.py"), new(170)},
			{new("test_divide"), new("test_resample.py"), new(41)},
		},
		Fatal: true, Sensor: SensorCalls,
		Hint: new("nanobind released the GIL for the whole function (nb::call_guard). Release it around the " +
			"computation only, or take it again before the capsule is made:\n    nb::gil_scoped_acquire gil;"),
	}
}

// warningViolation is a call in many processes that was reached by a tail call.
func warningViolation() Violation {
	stack := []Frame{frame("deflateInit2_", "/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", 0x4d10), frame("builtin_eval", libpython, 0x7700)}
	return Violation{
		ID: ID(KindAfterFinalize, "PyMem_Malloc", stack), Kind: KindAfterFinalize, Severity: SeverityWarning,
		Function: "PyMem_Malloc", Count: 12345678, FirstSeen: at(2), LastSeen: at(7), PID: 4122, TID: 4130,
		Processes: []int{4122, 4123, 4124, 4125, 4126, 4127}, Tests: []string{"a", "b", "c", "d", "e"},
		NativeStack: stack, TailCall: true, Known: true, Sensor: SensorCalls,
	}
}

// noteViolation comes from a stripped module and from memory without a file.
func noteViolation() Violation {
	near := frame("PyInit__sitk", "/venv/_sitk.abi3.so", 0x2222)
	near.Nearest = true
	stack := []Frame{near, {}, frame("", "/venv/_sitk.abi3.so", 0x3333)}
	return Violation{
		ID: ID(KindGILNotHeld, "PyCallable_Check", stack), Kind: KindGILNotHeld, Severity: SeverityNote,
		Function: "PyCallable_Check", Count: 1, FirstSeen: at(3), LastSeen: at(3), PID: 4121, TID: 4140,
		ThreadName: new("itk worker"), Processes: []int{4121}, NativeStack: stack, Sensor: SensorCalls,
		GILHolder:       &GILHolder{},
		ThreadStartedAt: []Frame{frame("std::thread::_M_start_thread", "/usr/lib/libstdc++.so.6.0.30", 0xd4a0)},
		Source:          []SourceLine{{210, "\tcallback = get();", false}, {212, "\tif (PyCallable_Check(callback))", true}},
	}
}

// sample is a session with all of them, and a process that slipped away.
func sample() *Report {
	r := New("0.1.0")
	r.Run = Run{Command: []string{"pytest", "-x"}, Cwd: new("/src"), Host: new("build"), Started: at(0), Finished: at(9), Signal: new(11)}
	died := process(4121)
	died.ExitCode, died.Signal = nil, new(11)
	lost := Process{PID: 4200, Exe: new("/usr/bin/sudo"), Backend: BackendShim, Reason: new("set-user-ID program: the preload was dropped")}
	r.Processes = []Process{died}
	for pid := 4122; pid <= 4129; pid++ {
		r.Processes = append(r.Processes, process(pid))
	}
	r.Processes = append(r.Processes, lost)
	r.Violations = []Violation{noteViolation(), warningViolation(), fatalViolation()}
	r.Suppressed = []Suppressed{{"module:_pycurl*", 2042}}
	Summarize(r)
	return r
}

// clean is a session that watched and found nothing.
func clean() *Report {
	r := New("0.1.0")
	r.Run = Run{Command: []string{"pytest"}, Started: at(0), Finished: at(9), ExitCode: new(0)}
	r.Processes = []Process{process(1), process(2), process(3)}
	Summarize(r)
	return r
}

// longNamed is a session with a function name of 10,000 characters.
func longNamed() *Report {
	r := clean()
	v := fatalViolation()
	name := "ns::" + strings.Repeat("very_long_", 1000) + "(int)"
	v.NativeStack[0].Function = &name
	v.Function = strings.Repeat("PyLong_", 100)
	r.Violations = []Violation{v}
	return r
}
