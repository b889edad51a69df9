package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// waiting sleeps until an alarm has come while the interpreter was in a call of its own, without
// the GIL. time is part of the interpreter: a module in a file of its own has gates.
const waiting = `
import signal, time, handler
handler.%s()
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
while not handler.flag():
    time.sleep(0.05)
signal.setitimer(signal.ITIMER_REAL, 0)
print("came")
`

// A signal handler that runs below one of the interpreter's own calls: nothing that has a gate
// gave the GIL up, and to take it would be no remedy.
func TestSignalHandler(t *testing.T) {
	onEach(t, "handler.c", func(t *testing.T, s subject) {
		command := func(install string) watch.Command {
			return watch.Python(s.py, strings.Replace(waiting, "%s", install, 1), s.module)
		}
		result := watch.Run(t, command("install_wrong"))
		result.Exit(t, violated)
		result.Prints(t, "came\n")
		v := s.only(t, result, watch.Want{Function: touched})
		if len(v.ReleasedAt) > 0 || len(v.PythonStack) == 0 {
			t.Errorf("released at %v, Python %v: %s", v.ReleasedAt, v.PythonStack, v)
		}
		if v.Hint == nil || !strings.Contains(*v.Hint, "touch (fixture.h:30) runs in a signal handler") ||
			strings.Contains(*v.Hint, "PyGILState_Ensure") {
			t.Errorf("no hint, or not one for a signal handler: %s", v)
		}

		right := watch.Run(t, command("install_right"))
		right.Clean(t)
		right.Prints(t, "came\n")
	})
}
