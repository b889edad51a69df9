package hint

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// Cython takes the GIL in a block only inside of code that it knows to be without, `with gil:` in
// a function that it thinks has the GIL is refused. A function that is declared `with gil` takes
// it whoever calls.

// cdef starts the names of the C functions that Cython makes of cdef functions. What stands for
// the body of a parallel loop has such a name too, with what the compiler appends.
const cdef = "__pyx_f_"

func isCdef(f report.Frame) bool {
	return strings.HasPrefix(function(f), cdef) && !anyFrame([]report.Frame{f}, "_omp_fn", "omp_outlined")
}

// cythonCallee is the index of the cdef function that is called without the GIL, from where it was
// given up: by C code, else the innermost one. It is -1 when the own frame is not of Cython's
// code, or is of the function that gave the GIL up.
func (c *call) cythonCallee() int {
	if c.own < 0 || c.binding.origin != report.Cython || c.wordsOf(c.NativeStack, c.own) != c.binding {
		return -1
	}
	first, last := -1, -1
	for i, f := range c.NativeStack[c.own:c.outermost()] {
		switch {
		case isCdef(f):
			last = c.own + i
			if first < 0 {
				first = last
			}
		case f.Interpreter:
			first, last = -1, -1 // which that further out has called
		case report.OriginOf(f) != report.Cython && frameBinding(f) != c.binding && last >= 0:
			return last
		}
	}
	return first
}

// outermost is the index, behind the own frame, of the frame at which the GIL was given up:
// of the function that did, of where the thread began, or of where the interpreter called.
func (c *call) outermost() int {
	i := c.releaserFrame()
	switch {
	case i > c.own && frameBinding(c.NativeStack[i]) != c.binding:
		return i + 1 // C code, which has called
	case i >= 0:
		return i
	case neverAttached(c):
		return len(c.NativeStack)
	default:
		return len(near(c.NativeStack))
	}
}

// releaserFrame is the index, from the own frame on, of the function that gave the GIL up, or -1
// when it is not known to run any more.
func (c *call) releaserFrame() int {
	if c.own < 0 || c.released < 0 {
		return -1
	}
	for i := c.own; i < len(c.NativeStack); i++ {
		if sameFunction(c.NativeStack[i], c.ReleasedAt[c.released]) {
			return i
		}
	}
	return -1
}

// cythonName is the name that a cdef function has in its source: __pyx_f_3pkg_4calc_work is work,
// behind the names of its package, module and class with their lengths (Cython/Compiler/Naming.py).
func cythonName(f report.Frame) string {
	name := strings.TrimPrefix(function(f), cdef)
	for {
		digits := len(name) - len(strings.TrimLeft(name, "0123456789"))
		n := 0
		for _, d := range name[:min(digits, 4)] {
			n = n*10 + int(d-'0')
		}
		if digits == 0 || digits+n+1 >= len(name) || name[digits+n] != '_' {
			return short(report.Clean(name))
		}
		name = name[digits+n+1:]
	}
}
