package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// Thread states made in one thread and attached in another. PyGILState_Check is blind
// here: it compares with the state that the thread made.
func TestMovedState(t *testing.T) {
	onEach(t, "states.c", func(t *testing.T, s subject) {
		s.right(t, "right_moved()", "right_moved()", "right_lender()")
		for _, call := range []string{
			"wrong_after_release()", "wrong_after_delete()", "wrong_maker()",
		} {
			s.wrong(t, call, watch.Want{Function: touched})
		}
	})
}

// The state that a thread made and used is attached in another thread: up to 3.11 the
// current one equals what the first thread knows as its own.
func TestLentState(t *testing.T) {
	onEach(t, "states.c", func(t *testing.T, s subject) {
		result := watch.Run(t, s.command("wrong_lender()"))
		result.Exit(t, violated)
		result.Prints(t, "None\n")
		kind := "gil-not-held"
		if !s.py.ThreadLocal() && len(result.Report.Violations) == 1 {
			// Both kinds say the truth: not held by this thread, attached to another one.
			if got := result.Report.Violations[0].Kind; got == "not-attached-here" {
				kind = got
			}
		}
		s.only(t, result, watch.Want{Function: touched, Kind: kind})
	})
}

// A thread's state lies where an ended thread had its own: who held that is not who holds
// this.
func TestStateAtAnOldAddress(t *testing.T) {
	onEach(t, "nested.c", func(t *testing.T, s subject) {
		command := watch.Python(s.py, `
import nested, threading
for _ in range(30):
    thread = threading.Thread(target=nested.right_nested)
    thread.start()
    thread.join()
`, s.module)
		result := watch.Run(t, command)
		result.Clean(t)
	})
}
