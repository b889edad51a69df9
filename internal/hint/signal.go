package hint

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// isSignalHandler: the kernel called the own code, and it returns to what ends a signal.
func isSignalHandler(c *call) bool {
	if c.own < 0 {
		return false
	}
	for _, f := range c.NativeStack[c.own:] {
		switch {
		case f.Interpreter:
			return false
		case endsSignal(f):
			return true
		}
	}
	return false
}

// endsSignal: __restore_rt has no symbol in glibc (sysdeps/unix/sysv/linux/x86_64/libc_sigaction.c),
// and stands behind sigaction, which calls nothing that calls back.
func endsSignal(f report.Frame) bool {
	return report.OriginOf(f) == report.Libc && f.Function != nil &&
		(*f.Function == "__restore_rt" || f.Nearest && strings.Contains(*f.Function, "sigaction"))
}

func saySignalHandler(c *call) string {
	return c.caller() + " runs in a signal handler, which came while the thread did not have the GIL. A handler must not " +
		"use Python, nor wait for the GIL: what it interrupted may hold a lock that this needs. Only set a flag in it, and " +
		"look at the flag where the thread has the GIL:\n    static volatile sig_atomic_t signalled;\n" +
		"or give the signal to Python's signal.signal, whose handlers run with the GIL."
}
