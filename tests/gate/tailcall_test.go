package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A tail call returns past its caller. It is found, and said to be one.
func TestTailCall(t *testing.T) {
	onEach(t, "tailcall.c", func(t *testing.T, s subject) {
		for _, function := range []string{"jump_five", "jump_truth", "jump_from_libc"} {
			if jumps, calls := fixture.Leaves(t, s.module.Path(), function); !jumps || calls {
				t.Fatalf("%s: jumps %v, calls %v: the fixture has no tail call", function, jumps, calls)
			}
		}
		s.wrong(t, "wrong_truth()", watch.Want{Function: touched, TailCall: true})

		five := watch.Want{Function: "PyLong_FromLong", TailCall: true}
		if s.py.Minor == 9 || s.py.Minor == 10 { // their small integers lie in the interpreter state
			s.fatal(t, "wrong_five()", crashed, five)
		} else {
			s.wrong(t, "wrong_five()", five)
		}
		s.right(t, "right_truth()", "right_five()", "right_sort()")
	}, fixture.Bindings()...)
}

// Nothing is dropped because the return address lies in another library.
func TestTailCallIntoLibc(t *testing.T) {
	onEach(t, "tailcall.c", func(t *testing.T, s subject) {
		result := watch.Run(t, s.command("wrong_sort()"))
		result.Exit(t, violated)
		result.Prints(t, "True\n")
		v := result.Only(t, watch.Want{Function: touched, TailCall: true, Count: watch.Any})[0]
		if len(v.NativeStack) == 0 || v.NativeStack[0].In(s.module.File) {
			t.Errorf("returns to %v, want libc", v.NativeStack)
		}
	})
}
