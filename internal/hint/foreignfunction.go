package hint

import "github.com/gilwatch/gilwatch/internal/report"

// isCTypes: the binding is not ctypes where the extension's own code has released (newCall).
func isCTypes(c *call) bool { return c.binding.origin == report.CTypes }

// sayCTypes: _ctypes/callproc.c releases the GIL around a call unless the function has
// FUNCFLAG_PYTHONAPI, which PyDLL and PYFUNCTYPE set.
func sayCTypes(c *call) string {
	if c.own < 0 {
		return "ctypes released the GIL around " + c.Function + ": CDLL and CFUNCTYPE do for every call. Call " +
			"the C API through ctypes.pythonapi, or load the library with PyDLL, which keeps the GIL:\n" +
			"    ctypes.pythonapi." + c.Function
	}
	return "ctypes released the GIL around " + c.entry() + ", as CDLL does for every call. If the function uses " +
		"Python, load its library with PyDLL, which keeps the GIL:\n    library = ctypes.PyDLL(path)\n" +
		"or take the GIL in C, in " + c.caller() + ":\n" + cAcquire
}

func isCFFI(c *call) bool { return c.binding.origin == report.CFFI }

// sayCFFI: cffi's documentation, "C functions are called with the GIL released".
func sayCFFI(c *call) string {
	if c.own < 0 {
		return "cffi releases the GIL around every C call, so " + c.Function + " cannot be called through it. Call it " +
			"through ctypes.pythonapi, or from a C function that takes the GIL:\n" + cAcquire
	}
	return "cffi releases the GIL around every C call, and " + c.entry() + " uses Python. Take the GIL in C, in " +
		c.caller() + ":\n" + cAcquire
}

// entry names the outermost own function below the foreign-function library: what the
// Python code called.
func (c *call) entry() string {
	entry := c.own
	for i := c.own; i >= 0 && i < len(c.NativeStack) && report.OriginOf(c.NativeStack[i]) == report.Own; i++ {
		if !anyFrame(c.NativeStack[i:i+1], "_cffi_f_", "_cffi_d_") {
			entry = i
		}
	}
	return describe(c.NativeStack, entry, "the function")
}
