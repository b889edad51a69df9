package hint

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// A binding's words only compile in code that is written with it. What a library's C does below
// a wrapper is told in C.

// wordsOf is the binding that the code of a frame is written with, the call's own when the
// frame does not tell.
func (c *call) wordsOf(frames []report.Frame, i int) *binding {
	if i < 0 {
		return c.binding
	}
	f := frames[i]
	switch {
	case len(c.binding.names) > 0, c.binding.origin == report.CTypes: // whose own functions are known
		if frameBinding(f) != c.binding {
			return plainC
		}
	case f.File != nil && strings.HasSuffix(*f.File, ".c"):
		return plainC
	}
	return c.binding
}

// releasing is the binding that the code which gave up the GIL is written with.
func (c *call) releasing() *binding { return c.wordsOf(c.ReleasedAt, c.released) }

// acquire is code that takes the GIL where the own frame calls.
func (c *call) acquire() string {
	caller := c.own
	if caller < 0 && len(c.NativeStack) > 0 {
		caller = 0 // a generator's own function
	}
	words := c.wordsOf(c.NativeStack, caller)
	if words.origin != report.Cython {
		return words.acquire
	}
	if i := c.cythonCallee(); i >= 0 {
		return "    cdef … " + cythonName(c.NativeStack[i]) + "(…) noexcept with gil:"
	}
	return words.acquire
}
