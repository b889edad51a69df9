package html

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gilwatch/gilwatch/internal/report"
)

var started = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) *time.Time { return new(started.Add(d)) }

// Many makes a report of n violations of three modules: two in three are errors, one in 13 is
// known, one is fatal, and one has the function "needle_in_the_stack" on its stack. It is the
// same every time.
func Many(n int) *report.Report {
	r := report.New("0.1.0")
	r.Run = report.Run{
		Command: []string{"pytest", "-n", "4", "tests/"}, Cwd: new("/src/project"), Host: new("build-7"),
		Started: after(0), Finished: after(10 * time.Minute), ExitCode: new(0),
	}
	for i := range 5 {
		r.Processes = append(r.Processes, report.Process{
			PID: 4000 + i, Exe: new("/venv/bin/python3.12"), Argv: []string{"python", "-m", "pytest", "-n", "4", "tests/"}, Python: new("3.12.1"),
			Backend: report.BackendShim, Watched: true, ModulesWatched: 120 + i, FunctionsWatched: 1482, ExitCode: new(0),
		})
	}
	r.Processes[3].ExitCode, r.Processes[3].Signal = nil, new(11)
	r.Processes = append(r.Processes, report.Process{PID: 4100, Exe: new("/usr/bin/sudo"), Backend: report.BackendShim,
		Reason: new("set-user-ID program: the preload was dropped")})
	for _, name := range modules {
		r.Modules = append(r.Modules, report.Module{Module: modulePath(name), Slots: 80})
	}
	r.Suppressed = []report.Suppressed{{Rule: "module:_pycurl*", Count: 2042}}
	for i := range n {
		r.Violations = append(r.Violations, violation(i))
	}
	if n > 0 {
		stack := r.Violations[n/2].NativeStack
		stack[len(stack)-1].Function = new("needle_in_the_stack")
	}
	report.Summarize(r)
	return r
}

var (
	modules   = []string{"_resample", "_codec", "_index"}
	functions = []string{"PyCapsule_New", "PyList_Append", "Py_DecRef", "PyErr_SetString", "PyObject_CallObject", "PyBytes_FromStringAndSize"}
)

func modulePath(name string) string {
	return "/venv/lib/python3.12/site-packages/project/" + name + ".cpython-312-x86_64-linux-gnu.so"
}

func violation(i int) report.Violation {
	module, function, severity := modules[i%3], functions[i%len(functions)], report.SeverityError
	if i%3 == 2 {
		severity, function = report.SeverityWarning, "PyLong_AsLong"
	}
	// In bursts, as tests come; some go on.
	first := time.Duration(i*i%601)*time.Second - time.Duration(i%7)*100*time.Millisecond
	first = max(first, 0)
	last := min(first+time.Duration(i%11)*20*time.Second, 10*time.Minute)
	v := report.Violation{
		ID: fmt.Sprintf("%012x", 0x5eed00000000+i*7919), Kind: report.KindGILNotHeld, Severity: severity, Function: function,
		Count: uint64(1 + i*i%1993), FirstSeen: after(first), LastSeen: after(last), PID: 4000 + i%5, TID: 5000 + i%40,
		ThreadName: new(fmt.Sprintf("worker %d", i%8)), Processes: []int{4000 + i%5}, Known: i%13 == 5, Sensor: report.SensorCalls,
		Tests:       []string{fmt.Sprintf("tests/test_%s.py::test_case[%d] (call)", module[1:], i)},
		NativeStack: nativeStack(module, i), ReleasedBy: new("PyEval_SaveThread"),
		ReleasedAt: []report.Frame{
			frame("pybind11::gil_scoped_release::gil_scoped_release(bool)", "/venv/include/pybind11/gil.h", 182, module),
			frame(fmt.Sprintf("project::%s::process_%d(std::vector<float> const&)", module[1:], i%700), "/src/project/src/"+module+".cpp", 40+i%900, module),
			frame("pybind11::cpp_function::dispatcher(_object*, _object*, _object*)", "/venv/include/pybind11/pybind11.h", 1020, module),
		},
		PythonStack: []report.PythonFrame{
			{Function: new("process"), File: new("/src/project/project/" + module[1:] + ".py"), Line: new(20 + i%300)},
			{Function: new("test_case"), File: new("/src/project/tests/test_" + module[1:] + ".py"), Line: new(41)},
			{Function: new("pytest_pyfunc_call"), File: new("/venv/lib/python3.12/site-packages/_pytest/python.py"), Line: new(159)},
		},
		GILHolder: &report.GILHolder{Held: i%2 == 0, TID: new(4000 + i%5)},
		Hint: new("py::call_guard<py::gil_scoped_release> releases the GIL for the whole function, which uses Python. Drop the " +
			"guard and release around the computation only:\n    { py::gil_scoped_release free; … }\nor take the GIL again before " + function +
			" is reached:\n    py::gil_scoped_acquire gil;"),
	}
	line := 40 + i%900
	v.Source = []report.SourceLine{
		{Line: line - 2, Text: "\tstd::vector<float> out(samples.size() / factor);"}, {Line: line - 1, Text: "\tdecimate(samples.data(), out.data(), factor);"},
		{Line: line, Text: "\treturn " + function + "(out.data(), \"samples\", &release_samples);", Mark: true}, {Line: line + 1, Text: "}"},
	}
	v.Fatal = i == 3
	return v
}

func nativeStack(module string, i int) []report.Frame {
	file := "/src/project/src/" + module + ".cpp"
	stack := []report.Frame{
		frame("pybind11::capsule::capsule(void const*, void (*)(void*))", "/venv/include/pybind11/pytypes.h", 2001, module),
		frame(fmt.Sprintf("project::%s::wrap_%d(std::vector<float>&&)", module[1:], i%900), file, 40+i%900, module),
		frame(fmt.Sprintf("project::%s::process_%d(std::vector<float> const&)", module[1:], i%700), file, 900+i%700, module),
		frame("pybind11::cpp_function::dispatcher(_object*, _object*, _object*)", "/venv/include/pybind11/pybind11.h", 1020, module),
	}
	for depth := range 16 {
		f := frame("_PyEval_EvalFrameDefault", "", 0, "libpython")
		f.Module, f.Offset, f.Interpreter = new("/opt/python/lib/libpython3.12.so.1.0"), new(uint64(0x1a0000+depth*64)), true
		stack = append(stack, f)
	}
	return append(stack, frame("main", "", 0, module))
}

// frame is a frame with a line, or without one where file is "".
func frame(function, file string, line int, module string) report.Frame {
	f := report.Frame{Function: &function, Module: new(modulePath(module)), Offset: new(uint64(0x1000 + line))}
	if file != "" {
		f.File, f.Line = &file, &line
	}
	return f
}

// Write writes r as a page in a folder, and returns its path.
func Write(folder, name string, r *report.Report, o report.Options) (string, error) {
	path := filepath.Join(folder, name+".html")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	if err := report.Write(f, "html", r, o); err != nil {
		f.Close()
		return "", err
	}
	return path, f.Close()
}
