package hint

import "github.com/gilwatch/gilwatch/internal/report"

// givesUp are the functions that give up the calling thread's state.
var givesUp = map[string]bool{
	"PyEval_SaveThread": true, "PyEval_ReleaseThread": true, "PyEval_ReleaseLock": true, "PyGILState_Release": true,
	"PyThreadState_DeleteCurrent": true, "Py_EndInterpreter": true,
}

func isReleaseTwice(c *call) bool { return givesUp[c.Function] && len(c.ReleasedAt) > 0 }

func sayReleaseTwice(c *call) string {
	return c.Function + " in " + c.caller() + " gives up a GIL that this thread does not have any more: " +
		"it gave it up in " + c.releaser() + ". Remove one of the two, or take it in between:\n" + c.acquire()
}

func isReleaseOfAnothers(c *call) bool { return givesUp[c.Function] }

func sayReleaseOfAnothers(c *call) string {
	return c.Function + " in " + c.caller() + " gives up a GIL that this thread never took: up to 3.11 it " +
		"is another thread's, which then runs without it and crashes later. Only give up what this " +
		"thread took:\n" + c.acquire()
}

func isForeignState(c *call) bool { return c.Kind == report.KindNotAttachedHere }

func sayForeignState(c *call) string {
	return "The current thread state is another thread's, or a deleted one, when " + c.caller() +
		" runs. A state belongs to the thread that it was made for: give each thread its own.\n" + c.acquire()
}
