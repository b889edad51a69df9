package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// Destructors of thread-locals call in when the thread ends: what the gate keeps for a
// thread must still be there.
func TestThreadEnd(t *testing.T) {
	onEach(t, "destructors.cc", func(t *testing.T, s subject) {
		s.wrong(t, "wrong_thread_end()", watch.Want{Function: touched})
		s.right(t, "right_thread_end()", "right_thread_end()")
	})
}

// Python's own threads end likewise. The interpreter has given the state up, which no gate sees:
// nothing was released, and yet the thread is not one that never had a state.
func TestPythonThreadEnd(t *testing.T) {
	onEach(t, "destructors.cc", func(t *testing.T, s subject) {
		command := func(keep string) watch.Command {
			return watch.Python(s.py, "import threading, destructors\n"+
				"threading.Thread(target=destructors."+keep+").start()\nprint(destructors.wait_end())\n", s.module)
		}
		result := watch.Run(t, command("keep_wrong"))
		result.Exit(t, violated)
		result.Prints(t, "None\n")
		v := s.only(t, result, watch.Want{Function: touched})
		if len(v.ReleasedAt) > 0 || len(v.ThreadStartedAt) == 0 || v.Hint == nil ||
			!strings.Contains(*v.Hint, "runs as the thread ends: it destroys a thread-local object after the interpreter gave up") {
			t.Errorf("released at %v, thread started at %v: %s", v.ReleasedAt, v.ThreadStartedAt, v)
		}

		right := watch.Run(t, command("keep_right"))
		right.Clean(t)
		right.Prints(t, "None\n")
	})
}

// Static destructors run after finalization: a kind of its own, and a warning.
func TestProcessEnd(t *testing.T) {
	onEach(t, "destructors.cc", func(t *testing.T, s subject) {
		result := watch.Run(t, s.command("wrong_process_end()"))
		result.Exit(t, 0)
		result.Prints(t, "None\n")
		s.only(t, result, watch.Want{Function: touched, Kind: "after-finalize", Severity: "warning"})
	})
}
