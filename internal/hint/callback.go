package hint

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// isCallback: the extension's own function that uses Python is called, through others,
// by the one that released. What a library calls back is the usual case, so it is told
// from a plain call by a frame of another function in between.
func isCallback(c *call) bool { return c.between() > 0 && !isCallGuard(c) }

// between counts the functions between the own frame and the one that released.
func (c *call) between() int {
	if c.own < 0 || c.released < 0 || c.releasedByCaller() {
		return 0
	}
	n := 0
	for _, f := range c.NativeStack[c.own+1:] {
		if sameFunction(f, c.ReleasedAt[c.released]) {
			return n
		}
		if !f.Inlined && !anyFrame([]report.Frame{f}, "std::") {
			n++
		}
	}
	return 0
}

func sayCallback(c *call) string {
	return c.caller() + " runs below " + c.releaser() + ", which has the GIL released. Take it for the call; in a " +
		"callback, at the top:\n" + c.binding.acquire
}

// isErrorCallback: an error is reported the Python way from below a release.
func isErrorCallback(c *call) bool {
	return strings.HasPrefix(c.Function, "PyErr_") && len(c.ReleasedAt) > 0 && !c.releasedByCaller() && !isCallGuard(c)
}

func sayErrorCallback(c *call) string {
	return c.caller() + " reports an error with " + c.Function + " while the GIL is released, since " + c.releaser() +
		". Keep the error in a C variable and raise it when the GIL is held again, or take the GIL in the handler:\n" +
		c.binding.acquire
}
