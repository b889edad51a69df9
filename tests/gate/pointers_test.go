package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// An API function taken as a value comes from a GLOB_DAT slot: the value is the gate.
func TestPointer(t *testing.T) {
	onEach(t, "pointers.c", func(t *testing.T, s subject) {
		s.wrong(t, "wrong_pointer()", watch.Want{Function: touched})
		s.right(t, "right_pointer()", "right_callbacks(5, 3)", "get('__name__')",
			"callable_through_pointer(len)", "callable_through_pointer(1)")
	}, fixture.Bindings()...)
}

// Type slots hold addresses that CPython compares. The types must come out the same.
func TestTypeSlots(t *testing.T) {
	const code = `
import collections.abc, gc, slots
for t in slots.Static, slots.Assigned, slots.StaticCollected, slots.AssignedCollected:
    class Sub(t):
        pass
    for c in t, Sub:
        objects = [c() for _ in range(1000)]
        print(c.__name__, isinstance(objects[0], collections.abc.Hashable), c.__hash__, slots.same(c))
        del objects
        gc.collect()
    try:
        t().missing = 1
    except AttributeError as error:
        print(error)
`
	onEach(t, "slots.c", func(t *testing.T, s subject) {
		command := watch.Python(s.py, code, s.module)
		result, bare := watch.Run(t, command), watch.Bare(t, command)
		bare.Exit(t, 0)
		result.Clean(t)
		result.Like(t, bare)
	}, fixture.Bindings()...)
}
