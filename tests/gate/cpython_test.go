package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// CPython's own deliberate calls without a thread state (Modules/_testcapi/mem.c and
// _testcapimodule.c) are found, once each. Of the allocator tests only the allocation is
// wrong; the free after it is attached.
func TestDeliberate(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for call, function := range map[string]string{
			"pymem_malloc_without_gil":    "PyMem_Malloc",
			"pyobject_malloc_without_gil": "PyObject_Malloc",
		} {
			command := watch.Python(py, "import _testcapi\n_testcapi."+call+"()")

			command.Env = []string{"PYTHONMALLOC=malloc"}
			result := watch.Run(t, command)
			result.Exit(t, violated)
			result.Watched(t)
			result.Only(t, watch.Want{Function: function})

			// CPython's debug hooks see it as well, and abort.
			command.Env = []string{"PYTHONMALLOC=debug"}
			result = watch.Run(t, command)
			result.Exit(t, aborted)
			result.Only(t, watch.Want{Function: function, Fatal: true})
		}

		result := watch.Run(t, watch.Python(py, "import _testcapi\n_testcapi.crash_no_current_thread()"))
		result.Exit(t, aborted)
		result.Watched(t)
		result.Only(t, watch.Want{Function: "PyThreadState_Get", Fatal: true})
	})
}

// What CPython's tests do without a thread state, and may: nothing is reported. The code
// asks for what the version has; `print` says which part ran.
func TestLegalDetached(t *testing.T) {
	cases := []struct{ name, code string }{
		{"tracemalloc", `
import _testcapi, tracemalloc
api = _testcapi if hasattr(_testcapi, "tracemalloc_track") else __import__("_testinternalcapi")
tracemalloc.start()
api.tracemalloc_track(5, 0x1234, 10, 1)
try:
    api.tracemalloc_untrack(5, 0x1234, 1)
except TypeError:
    api.tracemalloc_untrack(5, 0x1234)
print("tracked")`},
		{"pending", `
import _testcapi, time
called = []
_testcapi._pending_threadfunc(lambda: called.append(1))
while not called:
    time.sleep(0)
print("called")`},
		{"clocks", `
import _testcapi
for name in "PyTime_TimeRaw", "PyTime_MonotonicRaw", "PyTime_PerfCounterRaw":
    if hasattr(_testcapi, name):
        assert getattr(_testcapi, name)() is not None
print("read")`},
		{"threads", `
import _testcapi
called = []
_testcapi._test_thread_state(lambda: called.append(1))
_testcapi.call_in_temporary_c_thread(lambda: called.append(1))
print(len(called) > 1)`},
		{"subinterpreter", `
import _testcapi
print(_testcapi.run_in_subinterp("import math"), _testcapi.run_in_subinterp("import json"))`},
		{"locks", `
import sys
if sys.version_info >= (3, 13):
    import _testinternalcapi as api
    for name in "basic", "two_threads", "counter", "rwlock", "recursive", "once":
        test = getattr(api, "test_lock_" + name, None)
        if test:
            test()
print("locked")`},
		{"vfork", `
import subprocess, sys
print(subprocess.run([sys.executable, "-c", "print(1)"], stdout=subprocess.PIPE,
                     restore_signals=True, start_new_session=True).stdout)`},
		{"mmap", `
import mmap, sys
with open(sys.executable, "rb") as file:
    print(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)[:4])`},
		{"threading", `
import hashlib, threading, time, zlib
def work():
    for _ in range(50):
        hashlib.sha256(bytes(100000)).digest()
        zlib.compress(bytes(10000))
        time.sleep(0)
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print("worked")`},
		// The Python thread's state lies where that of the C thread lay, which attached through
		// a gate. Inside a release, PyGILState_Ensure attaches it again.
		{"reused state", `
import _testcapi, select, threading
def attach():
    select.select([], [], [], 0.001)
for _ in range(20):
    _testcapi._test_thread_state(attach)
    thread = threading.Thread(target=_testcapi._test_thread_state, args=[lambda: None])
    thread.start()
    thread.join()
print("worked")`},
		{"daemon", `
import threading
started = threading.Event()
def work():
    started.set()
    while True:
        sum(range(100))
threading.Thread(target=work, daemon=True).start()
started.wait()
print("left")`},
	}
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				command := watch.Python(py, c.code)
				bare := watch.Bare(t, command)
				bare.Exit(t, 0)
				result := watch.Run(t, command)
				result.Clean(t)
				result.Like(t, bare)
			})
		}
	})
}

// Py_FatalError needs no thread state: it is how a process without one ends.
func TestLegalFatalError(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		calls := []string{
			"import faulthandler; faulthandler._fatal_error_c_thread()",
			"import faulthandler; faulthandler._fatal_error(b'x', True)",
		}
		if py.Minor >= 10 {
			calls[1] = "import _testcapi; _testcapi.fatal_error(b'x', True)"
		}
		for _, call := range calls {
			command := watch.Python(py, call)
			watch.Bare(t, command).Exit(t, aborted)
			result := watch.Run(t, command)
			result.Exit(t, aborted)
			result.Watched(t)
			result.None(t)
		}
	})
}
