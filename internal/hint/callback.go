package hint

import "github.com/gilwatch/gilwatch/internal/report"

// isCallback: the extension's own function that uses Python is called, through others,
// by the one that released. What a library calls back is the usual case, so it is told
// from a plain call by a frame of another function in between.
//
// A cdef function of Cython's is another one without a frame in between too: C code that was
// inlined, or that released itself, calls it back.
func isCallback(c *call) bool {
	return c.between() > 0 && !isCallGuard(c) || c.releaserFrame() >= 0 && c.cythonCallee() >= 0
}

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
	if i := c.cythonCallee(); i >= 0 {
		return describe(c.NativeStack, i, "the caller") + " runs below " + c.releaser() + ", which has the GIL released. " +
			"Declare it `with gil`:\n" + c.acquire()
	}
	return c.caller() + " runs below " + c.releaser() + ", which has the GIL released. Take it for the call; in a " +
		"callback, at the top:\n" + c.acquire()
}

// raises are the functions of pyerrors.h and warnings.h that raise an error, or warn. The others
// ask for one, or do something with one that was raised.
var raises = map[string]bool{
	"PyErr_SetString": true, "PyErr_SetNone": true, "PyErr_SetObject": true, "PyErr_SetRaisedException": true, "PyErr_Restore": true,
	"PyErr_Format": true, "PyErr_FormatV": true, "PyErr_NoMemory": true, "PyErr_BadArgument": true, "PyErr_BadInternalCall": true,
	"PyErr_SetFromErrno": true, "PyErr_SetFromErrnoWithFilename": true, "PyErr_SetFromErrnoWithFilenameObject": true,
	"PyErr_SetFromErrnoWithFilenameObjects": true, "PyErr_SetImportError": true, "PyErr_SetImportErrorSubclass": true,
	"PyErr_Warn": true, "PyErr_WarnEx": true, "PyErr_WarnFormat": true, "PyErr_WarnExplicit": true, "PyErr_WarnExplicitObject": true,
	"PyErr_WarnExplicitFormat": true, "PyErr_ResourceWarning": true, "_PyErr_BadInternalCall": true,
}

// isErrorCallback: an error is reported the Python way from below a release.
func isErrorCallback(c *call) bool {
	return raises[c.Function] && len(c.ReleasedAt) > 0 && !c.releasedByCaller() && !isCallGuard(c)
}

func sayErrorCallback(c *call) string {
	return c.caller() + " reports an error with " + c.Function + " while the GIL is released, since " + c.releaser() +
		". Keep the error in a C variable and raise it when the GIL is held again, or take the GIL in the handler:\n" +
		c.acquire()
}
