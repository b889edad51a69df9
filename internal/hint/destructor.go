package hint

import (
	"slices"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// destroys are parts of the names of functions that only run when something is destroyed:
// C++ destructors, deleters of its smart pointers, Rust's drop glue.
var destroys = []string{"::~", "_M_dispose", "_M_destroy", "default_delete<", "__on_zero_shared",
	"drop_in_place<", "ops::drop::Drop>::drop", "capsule_dealloc", "::deleter"}

func isDestructor(f report.Frame) bool {
	name := function(f)
	return strings.HasPrefix(name, "~") || name != "" &&
		slices.ContainsFunc(destroys, func(part string) bool { return strings.Contains(name, part) })
}

// destructor is the destructor that the call was made from, the extension's own before one
// of a library; nil when there is none. Beyond the own frame, only libraries' frames next
// to it are of the same destruction.
func (c *call) destructor() *report.Frame {
	var found *report.Frame
	for i := range c.NativeStack {
		f := &c.NativeStack[i]
		own := report.OriginOf(*f) == report.Own
		if isDestructor(*f) && (own || found == nil) {
			found = f
		}
		if own && (found != nil || !f.Inlined) {
			break
		}
	}
	return found
}

// destroyed names the destructor, or the caller when none is known.
func (c *call) destroyed() string {
	if f := c.destructor(); f != nil {
		return describe([]report.Frame{*f}, 0, "a destructor")
	}
	return c.caller()
}

func isForeignDestructor(c *call) bool { return neverAttached(c) && c.destructor() != nil }

func sayForeignDestructor(c *call) string {
	return c.destroyed() + " runs on a thread that never had a thread state (made by " + c.startedBy() +
		" in " + c.starter() + "): its last owner let go there. Take the GIL in the destructor or deleter:\n" +
		c.acquire() + "\nor let a thread that has the GIL be the last owner."
}

func isThreadLocalDestructor(c *call) bool { return report.EndsThread(c.NativeStack) }

func sayThreadLocalDestructor(c *call) string {
	when := "when the thread has no thread state"
	switch {
	case len(c.ReleasedAt) > 0:
		when = "after the thread gave up its thread state in " + c.releaser()
	case report.ReleasedInside(c.Violation) != "":
		when = "after the interpreter gave up the thread's state"
	case neverAttached(c):
		when = "in a thread that never had a thread state"
	}
	return c.destroyed() + " runs as the thread ends: it destroys a thread-local object " + when + ". Let go of the " +
		"Python object before that, or take the GIL in the destructor:\n" + c.acquire()
}

func isReleasedDestructor(c *call) bool { return len(c.ReleasedAt) > 0 && c.destructor() != nil }

func sayReleasedDestructor(c *call) string {
	return c.destroyed() + " runs while the GIL is released, since " + c.releaser() + ". Let the object live " +
		"until the release has ended: declare it before the " + c.releasing().release + ". If it may die on any " +
		"thread, take the GIL in its destructor:\n" + c.acquire()
}
