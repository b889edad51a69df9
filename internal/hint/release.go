package hint

import (
	"slices"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

func isReleased(c *call) bool {
	return len(c.ReleasedAt) > 0 || report.ReleasedInside(c.Violation) != ""
}

func sayReleased(c *call) string {
	if inside := report.ReleasedInside(c.Violation); inside != "" {
		return "The interpreter itself gave up the GIL, " + inside + ", and has not taken it again when " + c.calling() +
			". Take it before:\n" + c.acquire()
	}
	if c.released < 0 && c.binding != plainC && report.OriginOf(c.ReleasedAt[0]) == c.binding.origin {
		return "A " + c.binding.release + " is in force when " + c.calling() + ". Take the GIL before:\n" + c.acquire()
	}
	return "This thread gave up the GIL in " + c.releaser() + " and has not taken it again when " + c.calling() +
		". Take it before:\n" + c.acquire()
}

// frees are the functions that code calls last, and so after it has let go of the GIL.
var frees = map[string]bool{
	"_Py_Dealloc": true, "Py_DecRef": true, "_Py_DecRef": true, "PyMem_Free": true, "PyObject_Free": true, "PyObject_GC_Del": true,
	"PyBuffer_Release": true,
}

// isFreeAfterRelease: the function that frees is the one that gave up the GIL, and did so
// itself: a guard object's release ends with the guard.
func isFreeAfterRelease(c *call) bool {
	return frees[c.Function] && c.releasedByCaller() && c.released == 0 && !c.TailCall
}

func sayFreeAfterRelease(c *call) string {
	gaveUp, then := "it gave up the GIL", "PyGILState_Release or PyEval_SaveThread"
	if c.ReleasedBy != nil {
		then = short(report.Clean(*c.ReleasedBy))
		gaveUp = then + " gave up the GIL"
	}
	return c.caller() + " frees with " + c.Function + " after " + gaveUp + " at " + placeOrName(c.ReleasedAt[c.released]) +
		". Free first, and then call " + then + "; memory that no Python object owns can come from " +
		"PyMem_RawMalloc and PyMem_RawFree, which need no GIL."
}

// releasedByCaller tells whether the extension's own function that calls, or one that it was
// inlined into or is a closure of, is the one that gave up the GIL. A cdef function of
// Cython's says for itself whether it has the GIL, inlined or not.
func (c *call) releasedByCaller() bool {
	if c.own < 0 || c.released < 0 || c.cythonCallee() >= 0 {
		return false
	}
	for _, f := range c.NativeStack[c.own:] {
		if within(f, c.ReleasedAt[c.released]) {
			return true
		}
		if !f.Inlined {
			break
		}
	}
	return false
}

// isCallGuard: the binding itself released, around the call of the bound function.
// nanobind holds the guards in a tuple (nb_func.h, func_create), pybind11 gives the guard's
// type to argument_loader::call (pybind11.h, cpp_function::initialize), SWIG's wrapper
// releases (-threads).
func isCallGuard(c *call) bool {
	if c.binding.guard == "" || len(c.ReleasedAt) == 0 {
		return false
	}
	for _, f := range c.ReleasedAt {
		switch report.OriginOf(f) {
		case report.Own:
			return strings.HasPrefix(function(f), wrapper)
		case report.SWIG: // a guard that was not inlined, or the wrapper's
			if c.wrapped() >= 0 && strings.Contains(function(f), "Thread_Allow") {
				return true
			}
		case report.Nanobind, report.Pybind11:
			name := function(f)
			if strings.Contains(name, "func_create<") || strings.Contains(name, "argument_loader<") {
				return true
			}
		}
	}
	return c.released < 0 && c.guardInType()
}

// guardInType: without an optimizer the guard's constructor alone is known to have released.
// The binding's function that calls the user's has the guard among its template's arguments.
func (c *call) guardInType() bool {
	return slices.ContainsFunc(c.NativeStack, func(f report.Frame) bool {
		name := function(f)
		return strings.Contains(name, "gil_scoped_release") && report.OriginOf(f) == c.binding.origin &&
			(strings.Contains(name, "func_create<") || strings.Contains(name, "argument_loader<"))
	})
}

func sayCallGuard(c *call) string {
	if c.binding.origin == report.SWIG {
		wrapped := c.wrapped()
		return "SWIG's wrapper released the GIL for the whole of " + describe(c.NativeStack, wrapped, "the function") +
			" (-threads). Keep it for this function in the interface file:\n    %nothread " + c.bare(wrapped) +
			";\nor take it again where " + c.caller() + " calls " + c.Function + ":\n" + c.acquire()
	}
	return c.binding.guard + " releases the GIL for the whole of " + c.caller() + ", which uses Python. Drop the " +
		"guard and release around the computation only:\n" + c.binding.free + "\nor take the GIL again before " +
		c.Function + " is reached:\n" + c.acquire()
}

// wrapped is the index of the function that SWIG's wrapper calls, -1 when it is not known.
func (c *call) wrapped() int {
	for i := 1; i < len(c.NativeStack); i++ {
		if strings.HasPrefix(function(c.NativeStack[i]), wrapper) {
			return i - 1
		}
	}
	return -1
}

// bare is a frame's name alone, for an interface file.
func (c *call) bare(i int) string {
	if i >= 0 && name(c.NativeStack[i]) != "" {
		return name(c.NativeStack[i])
	}
	return "NAME"
}

// isReleaseScope: the function that calls is the one that released, or has the call in a
// closure or a block that the binding released around.
func isReleaseScope(c *call) bool {
	if len(c.ReleasedAt) == 0 {
		return false
	}
	by := c.releasing().origin
	return c.releasedByCaller() || by == report.Cython || by == report.PyO3
}

func sayReleaseScope(c *call) string {
	switch c.releasing().origin {
	case report.Cython:
		return c.Function + " is called inside `with nogil`, entered at " + placeOrName(c.ReleasedAt[max(c.released, 0)]) +
			". Move the call behind the block, or put it under\n" + c.releasing().acquire +
			"\nA C function that needs the GIL must not be declared nogil: without it Cython finds this itself."
	case report.PyO3:
		where := ""
		if c.released >= 0 {
			where = " at " + placeOrName(c.ReleasedAt[c.released])
		}
		return c.caller() + " is called inside " + c.releasing().release + where + ", which releases the GIL. Move the call of " +
			c.Function + " behind it, or take the GIL again:\n" + c.acquire()
	}
	where := placeOrName(c.ReleasedAt[c.released])
	hint := "The " + c.guard() + " at " + where + " is still in force when " + c.calling() + ". "
	if c.released == 0 || c.gaveUpItself() {
		hint = "The GIL was given up at " + where + " and not taken again when " + c.calling() + ". "
	}
	if c.Count > 1 {
		return hint + "If that is a loop, take the GIL before it, or in it:\n" + c.acquire()
	}
	return hint + "Make the call before or after, or take the GIL for it:\n" + c.acquire()
}

// gaveUpItself: the extension's own code gave it up, by whatever function, and not by a guard.
func (c *call) gaveUpItself() bool {
	return report.OriginOf(c.ReleasedAt[0]) == report.Own && !isConstructor(c.ReleasedAt[0])
}

// guard names what released for a scope: the extension's own guard, or its binding's.
func (c *call) guard() string {
	if class, _, ok := cutLast(c.ReleasedAt[0].Name(), "::"); ok && isConstructor(c.ReleasedAt[0]) &&
		report.OriginOf(c.ReleasedAt[0]) == report.Own {
		return short(class)
	}
	return c.releasing().release
}

// calling says who calls what. A tail call's own caller is gone: what is known called that.
func (c *call) calling() string {
	if c.TailCall {
		return "a function called by " + c.caller() + " calls " + c.Function
	}
	return c.caller() + " calls " + c.Function
}

// isCast: what was called for is a conversion between C++ and Python.
func isCast(c *call) bool {
	return len(c.ReleasedAt) > 0 && slices.ContainsFunc(c.inner(), func(f report.Frame) bool {
		name := function(f)
		return strings.Contains(name, "caster<") || strings.Contains(name, "from_cpp") || strings.Contains(name, "::cast<") ||
			strings.Contains(name, "converter::")
	})
}

func sayCast(c *call) string {
	return c.caller() + " converts between C++ and Python while the GIL is released, since " + c.releaser() +
		". Convert before the release or after it, or take the GIL for the conversion:\n" + c.acquire()
}
