package gate

import (
	"fmt"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// onStacks runs f on smallstacks.c. Bound at load: the loader's own lazy binding needs more
// stack than some of these have.
func onStacks(t *testing.T, f func(t *testing.T, s subject)) {
	t.Helper()
	onLoader(t, func(t *testing.T, py pythons.Python) {
		f(t, subject{py, fixture.Build(t, py, "testdata/smallstacks.c", fixture.Now)})
	})
}

// A wrong call in a handler on a small alternate stack: what lies below the stack is the
// program's. The module prints how far below it was overwritten; Like wants that to be 0,
// as it is without gilwatch. What is recorded of a violation takes less than 1 KiB of stack.
func TestAlternateStack(t *testing.T) {
	onStacks(t, func(t *testing.T, s subject) {
		for _, spare := range []int{1 << 10, 8 << 10, 64 << 10} {
			s.wrong(t, fmt.Sprintf("wrong_alternate(%d)", spare), watch.Want{Function: touched})
			s.right(t, fmt.Sprintf("right_alternate(%d)", spare))
		}
	})
}

// A stack may end where another, at the same address, went on; also where what is mapped above
// it leaves no hole up to the libraries.
func TestCoroutine(t *testing.T) {
	onStacks(t, func(t *testing.T, s subject) {
		for _, filled := range []string{"False", "True"} {
			s.wrong(t, "wrong_coroutine("+filled+")", watch.Want{Function: touched, Count: watch.Any})
			s.right(t, "right_coroutine("+filled+")")
		}
	})
}

// The words that a release keeps may lie in two pages. To see whether the second is there takes
// a coroutine no walk over all that is mapped above it.
func TestReleaseOnCoroutineIsQuick(t *testing.T) {
	onStacks(t, func(t *testing.T, s subject) {
		s.right(t, "right_places()")
		same(t, watch.Python(s.py, "import smallstacks, threading\nt = threading.Thread(target=lambda: print(smallstacks.right_places()))\nt.start(); t.join()", s.module))
	})
}

// A new program's environment is copied to be changed: not onto a thread's small stack.
func TestSpawnOnSmallStack(t *testing.T) {
	onStacks(t, func(t *testing.T, s subject) {
		s.right(t, "right_spawn(10)", "right_spawn(20000)")
	})
}
