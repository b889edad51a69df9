package gate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A function that gave the GIL up and has returned is named with the line that called it, if
// that is known for certain, and alone if it is not.
func TestReleasedByFunctionThatReturned(t *testing.T) {
	marks := readMarks(t, "released.c")
	onEach(t, "released.c", func(t *testing.T, s subject) {
		for _, c := range []struct {
			call  string
			lines []string // all of the frames, but those that Python's own code has
		}{
			{"wrong_second()", []string{"let go", "second"}},
			{"wrong_far()", []string{"far"}},
			{"wrong_callback_early()", []string{"let go", "around"}},
			{"wrong_top()", []string{"top"}},
			{"wrong_block()", []string{"top"}},
		} {
			v := s.wrong(t, c.call, watch.Want{Function: touched, Count: watch.Any})
			at(t, c.call+": released", v.ReleasedAt, marks, c.lines...)
			if len(v.ReleasedAt) != len(c.lines) {
				t.Errorf("%s: released at %v, want %d frames", c.call, v.ReleasedAt, len(c.lines))
			}
			where := fmt.Sprintf("released.c:%d", marks.lines[c.lines[len(c.lines)-1]])
			if v.Hint == nil || !strings.Contains(*v.Hint, where) {
				t.Errorf("%s: the hint does not name %s: %v", c.call, where, v.Hint)
			}
		}
		s.right(t, "right_second()", "right_far()", "right_top()", "right_block()")
	}, fixture.Lazy, fixture.Unoptimized)
}

// Where a call stands now is not where the release was called from: a function stood there that
// has returned. The one that stands there has a line that calls let_go_far, and it was not that.
func TestReleaseFromDeeperIsNotClaimed(t *testing.T) {
	marks := readMarks(t, "released.c")
	onEach(t, "released.c", func(t *testing.T, s subject) {
		for _, call := range []string{"wrong_gone()", "wrong_steps()"} {
			v := s.wrong(t, call, watch.Want{Function: touched})
			at(t, call+": released", v.ReleasedAt, marks, "far")
			if len(v.ReleasedAt) != 1 {
				t.Errorf("%s: released at %v, want one frame", call, v.ReleasedAt)
			}
		}
	}, fixture.Lazy, fixture.Unoptimized)
}

// A function that let go and was called again, by another line, is not the one that runs: the
// first call's line is told.
func TestReleaseByAnEarlierCall(t *testing.T) {
	marks := readMarks(t, "released.c")
	onEach(t, "released.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_again()", watch.Want{Function: touched})
		at(t, "released", v.ReleasedAt, marks, "let go", "stepped", "first")
		s.right(t, "right_again()")
	})
}

// A callback that gave back what it had taken, and goes on, is where the thread let go; the
// report names the outer release when the callback has returned (TestNestedRelease).
func TestReleaseInCallback(t *testing.T) {
	marks := readMarks(t, "released.c")
	onEach(t, "released.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_callback()", watch.Want{Function: touched})
		at(t, "released", v.ReleasedAt, marks, "ensured")
		if v.ReleasedBy == nil || *v.ReleasedBy != "PyGILState_Release" {
			t.Errorf("released by %v, want PyGILState_Release", v.ReleasedBy)
		}
		s.right(t, "right_callback()")
	}, fixture.Lazy, fixture.Unoptimized)
}
