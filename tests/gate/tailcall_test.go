package gate

import (
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
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
	}, append(fixture.Bindings(), throughRegisters...)...)
}

// throughRegisters are flags with which compilers call each function through a register: its
// address is computed, or a thunk hides the jump from speculation.
var throughRegisters = []fixture.Flags{
	fixture.Lazy.With("large", "-mcmodel=large"),
	fixture.NoPLT.With("thunk", "-mindirect-branch=thunk", "-fcf-protection=none"),
}

// A call through a register that holds a stub of the function is none.
func TestThroughRegister(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_truth()", watch.Want{Function: touched})
		if f := v.NativeStack[0]; f.Function == nil || *f.Function != "wrong_truth" || f.Line == nil {
			t.Errorf("called by %s", f)
		}
		s.right(t, "right_truth()")
	}, throughRegisters...)
}

// Nor is one through the function's address, where that is a stub of the program's.
func TestCanonicalAddress(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if !py.Embeddable() {
			t.Skip("no libpython to link with")
		}
		program := fixture.Program(t, py, "testdata/canonical.c", fixture.Lazy.With("fixed", "-fno-pie", "-no-pie"))
		for how, tail := range map[string]bool{"call": false, "jump": true} {
			result := watch.Run(t, watch.Command{Args: []string{program, "wrong", how}})
			result.Exit(t, violated)
			result.Only(t, watch.Want{Function: touched, Module: filepath.Base(program), TailCall: tail})
			watch.Run(t, watch.Command{Args: []string{program, "right", how}}).Clean(t)
		}
	})
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
