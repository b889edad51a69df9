package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// The whole width of every vector register, x87, MXCSR and errno are after a violating call
// what they were before it: when it is written down and when it is counted. A gate's caller
// may expect less; what it calls by other conventions than C's may not.
func TestRegisters(t *testing.T) {
	onEach(t, "registers.c", func(t *testing.T, s subject) {
		const kept = ", 0, 4, 0)\n" // no byte, four answers, no errno
		if out := watch.Bare(t, s.command("wrong_call()")).Stdout; !strings.HasSuffix(out, kept) {
			t.Skipf("this CPU or interpreter keeps less: %s", out)
		}
		s.wrong(t, "wrong_call()", watch.Want{Function: touched, Count: 4})
		s.right(t, "right_call()")
	}, fixture.Now)
}
