package hint

import (
	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/report"
)

func isBeforeInit(c *call) bool { return c.Kind == report.KindBeforeInit }

func sayBeforeInit(c *call) string {
	return "There is no interpreter yet when " + c.caller() + " runs. Call Py_Initialize or " +
		"Py_InitializeFromConfig first. In a constructor of a static object, make the Python object " +
		"on first use instead."
}

func isAfterFinalize(c *call) bool { return c.Kind == report.KindAfterFinalize }

func sayAfterFinalize(c *call) string {
	return "Python is finalized when " + c.caller() + " runs: its objects and memory are gone. Stop " +
		"threads and unregister callbacks before Py_Finalize, from a function given to Python's " +
		"atexit, and ask first where that cannot be:\n    if (" + c.alive() + ")"
}

// isExitDestructor: exit(3) runs the destructors of static objects after main, in which
// Python was finalized.
func isExitDestructor(c *call) bool {
	return c.Kind == report.KindAfterFinalize &&
		anyFrame(c.NativeStack, "__run_exit_handlers", "__cxa_finalize", "_dl_fini")
}

func sayExitDestructor(c *call) string {
	return c.destroyed() + " runs as the process ends, after Python is finalized. Let go of the Python " +
		"object before, from a function given to Python's atexit, or never: hold it by a pointer " +
		"that no destructor frees:\n    static auto *held = new Held(…);"
}

// alive is the condition under which a call may still be made. Py_IsFinalizing is public
// from 3.13 on, and _Py_IsFinalizing there before (Include/cpython/pylifecycle.h).
func (c *call) alive() string {
	version, err := capi.ParseVersion(c.python)
	if err == nil && version.Minor < 13 {
		return "Py_IsInitialized() && !_Py_IsFinalizing()"
	}
	return "Py_IsInitialized() && !Py_IsFinalizing()"
}
