package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// C++ exceptions pass frames that called gates, and destructors call gates on their way.
func TestException(t *testing.T) {
	onEach(t, "exceptions.cc", func(t *testing.T, s subject) {
		s.wrong(t, "wrong_throw()", watch.Want{Function: touched})
		s.right(t, "right_throw()", "right_released_throw()")
	}, fixture.Bindings()...)
}

// longjmp leaves frames that called gates, and the interpreter's, reached through a gate.
func TestLongjmp(t *testing.T) {
	onEach(t, "longjump.c", func(t *testing.T, s subject) {
		s.wrong(t, "wrong_jump()", watch.Want{Function: touched})
		s.right(t, "right_jump()", "right_jump_over_interpreter()")
	}, fixture.Bindings()...)
}
