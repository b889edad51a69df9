package report

import (
	"slices"
	"strings"
)

// No gate sees the interpreter give a thread state up, as it does in its own calls that may wait
// and at the end of the threads that it made. So a thread of which no release was seen may
// have had a state all the same.

// NeverAttached tells whether the thread never had a thread state, as far as is known: other
// code than Python made it, it gave none up, and it runs no Python.
func NeverAttached(v *Violation) bool {
	return len(v.ReleasedAt) == 0 && len(v.ThreadStartedAt) > 0 && len(v.PythonStack) == 0 && !StartedByPython(v.ThreadStartedAt)
}

// starters are how the names of the functions begin that make a thread, for the interpreter
// (Modules/_threadmodule.c) as for an extension (Python/thread_pthread.h).
var starters = []string{"PyThread_start_", "do_start_joinable_thread"}

// StartedByPython tells whether the frames of a thread's start are those of one of Python's own
// threads. One that an extension makes with PyThread_start_new_thread has no thread state.
func StartedByPython(started []Frame) bool {
	for _, f := range started {
		switch {
		case !f.Interpreter:
			return false
		case f.Function != nil && !f.Nearest && !startsWithAny(*f.Function, starters):
			return true
		}
	}
	return len(started) > 0
}

// EndsThread tells whether a stack is that of a thread that ends: glibc destroys the objects
// that are thread_local, and the values of pthread keys, when the thread's function has returned.
func EndsThread(frames []Frame) bool {
	return slices.ContainsFunc(frames, func(f Frame) bool {
		return f.Function != nil && !f.Nearest &&
			(strings.Contains(*f.Function, "__call_tls_dtors") || strings.Contains(*f.Function, "__nptl_deallocate_tsd"))
	})
}

// ReleasedInside says in what the interpreter itself gave up the thread's state, "in a call of its
// own" or "at the end of the thread"; "" when that is not known, or it did not.
func ReleasedInside(v *Violation) string {
	switch {
	case len(v.ReleasedAt) > 0 || v.Kind != KindGILNotHeld:
		return ""
	case StartedByPython(v.ThreadStartedAt) && EndsThread(v.NativeStack):
		return "at the end of the thread"
	case len(v.PythonStack) > 0 && v.Sensor == SensorCalls: // others have not seen every release
		return "in a call of its own"
	default:
		return ""
	}
}
