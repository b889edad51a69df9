package gate

import (
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

// Static destructors run after finalization: a kind of its own, and a warning.
func TestProcessEnd(t *testing.T) {
	onEach(t, "destructors.cc", func(t *testing.T, s subject) {
		result := watch.Run(t, s.command("wrong_process_end()"))
		result.Exit(t, 0)
		result.Prints(t, "None\n")
		s.only(t, result, watch.Want{Function: touched, Kind: "after-finalize", Severity: "warning"})
	})
}
