package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// C threads that never attached, while another thread holds the GIL and while none does.
func TestNeverAttached(t *testing.T) {
	onEach(t, "foreign.c", func(t *testing.T, s subject) {
		for _, call := range []string{"wrong_while_held()", "wrong_while_free()"} {
			v := s.wrong(t, call, watch.Want{Function: touched})
			if v.ReleasedAt != nil {
				t.Errorf("%s: released at %v by a thread that never attached", call, v.ReleasedAt)
			}
			if v.TID == v.PID {
				t.Errorf("%s: said to be called by the main thread", call)
			}
		}
	})
}

func TestEnsure(t *testing.T) {
	onEach(t, "foreign.c", func(t *testing.T, s subject) {
		s.right(t, "right_ensured()", "right_release_own()")
		v := s.wrong(t, "wrong_after_release()", watch.Want{Function: touched})
		if len(v.ReleasedAt) == 0 || !v.ReleasedAt[0].In(s.module.File) {
			t.Errorf("released at %v, want in %s", v.ReleasedAt, s.module.File)
		}
	})
}

// A thread that releases another's GIL is found. Up to 3.11 nothing else says a word, and
// what crashes later is the other thread; from 3.12 on the call dies.
func TestReleaseOfAnothers(t *testing.T) {
	onEach(t, "foreign.c", func(t *testing.T, s subject) {
		want := watch.Want{Function: "PyEval_SaveThread"}
		switch {
		case s.py.Minor <= 11:
			result := watch.Run(t, s.command("wrong_release_anothers()"))
			result.Exit(t, violated)
			result.Prints(t, "None\n")
			if len(result.Report.Violations) == 1 && result.Report.Violations[0].Kind == "not-attached-here" {
				want.Kind = "not-attached-here"
			}
			s.only(t, result, want)
		case s.py.Minor == 12:
			s.fatal(t, "wrong_release_anothers()", aborted, want)
		default:
			s.fatal(t, "wrong_release_anothers()", crashed, want)
		}
	})
}

// A release by a thread that has nothing to release is recorded before the process dies.
func TestReleaseTwice(t *testing.T) {
	onEach(t, "foreign.c", func(t *testing.T, s subject) {
		status := aborted
		if s.py.Minor >= 13 {
			status = crashed
		}
		s.fatal(t, "wrong_release_twice()", status, watch.Want{Function: "PyEval_SaveThread"})
	})
}

// Ensure and Release nested in a release: the report names the release that still holds.
func TestNestedRelease(t *testing.T) {
	onEach(t, "nested.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_nested()", watch.Want{Function: touched})
		if len(v.ReleasedAt) == 0 || !v.ReleasedAt[0].In(s.module.File) {
			t.Fatalf("released at %v, want in %s", v.ReleasedAt, s.module.File)
		}
		if name := v.ReleasedAt[0].Function; name != nil && *name != "outer_release" {
			t.Errorf("released in %s, want outer_release", *name)
		}
		s.right(t, "right_nested()", "right_ensure_attached()")
	})
}
