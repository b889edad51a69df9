package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A name that C looks up itself is answered with its gate.
func TestDlsym(t *testing.T) {
	onEach(t, "pointers.c", func(t *testing.T, s subject) {
		s.wrong(t, "wrong_dlsym()", watch.Want{Function: touched})
		s.right(t, "right_dlsym()")
	}, fixture.Lazy, fixture.NoPLT)
}

// ctypes.CDLL gives the GIL up around each call, ctypes.pythonapi keeps it.
func TestCtypes(t *testing.T) {
	const code = `
import ctypes
print(ctypes.LOADER.PyObject_IsTrue(ctypes.py_object(True)))
`
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		result := watch.Run(t, watch.Python(py, with(code, "LOADER", "CDLL(None)")))
		result.Exit(t, violated)
		result.Prints(t, "1\n")
		result.Watched(t)
		result.Only(t, watch.Want{Function: touched})

		result = watch.Run(t, watch.Python(py, with(code, "LOADER", "pythonapi")))
		result.Prints(t, "1\n")
		result.Clean(t)
	})
}

// The model bug needs no compiler.
func TestCtypesCapsule(t *testing.T) {
	const code = `
import ctypes
new = ctypes.LOADER.PyCapsule_New
new.restype = ctypes.py_object
new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
print(type(new(1, b"x", None)).__name__)
`
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		result := watch.Run(t, watch.Python(py, with(code, "LOADER", "CDLL(None)")))
		result.Watched(t)
		result.Only(t, watch.Want{Function: "PyCapsule_New", Fatal: py.ThreadLocal()})
		if py.ThreadLocal() {
			result.Exit(t, crashed)
		} else {
			result.Exit(t, violated)
			result.Prints(t, "PyCapsule\n")
		}

		result = watch.Run(t, watch.Python(py, with(code, "LOADER", "pythonapi")))
		result.Clean(t)
		result.Prints(t, "PyCapsule\n")
	})
}

// A library that ctypes opens is followed by no import. Its calls are seen all the same.
func TestCtypesLibrary(t *testing.T) {
	const code = `
import ctypes
print(ctypes.LOADER("LIBRARY").plain_touch())
`
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		wrong := with(code, "LOADER", "CDLL", "LIBRARY", s.module.Path())
		result := watch.Run(t, watch.Python(s.py, wrong))
		result.Exit(t, violated)
		result.Prints(t, "1\n")
		s.only(t, result, watch.Want{Function: touched})

		right := with(code, "LOADER", "PyDLL", "LIBRARY", s.module.Path())
		result = watch.Run(t, watch.Python(s.py, right))
		result.Clean(t)
		result.Prints(t, "1\n")
	}, fixture.Bindings()...)
}

// A library that is closed and opened again gets fresh slots, here at the same address.
func TestReload(t *testing.T) {
	const code = `
import ctypes, _ctypes

def base():
    with open("/proc/self/maps") as maps:
        for line in maps:
            if "LIBRARY" in line:
                return line.split("-")[0]

def visit():
    library = ctypes.LOADER("LIBRARY")
    answer, at = library.plain_touch(), base()
    _ctypes.dlclose(library._handle)
    assert base() is None, "not unloaded"
    return answer, at

visits = [visit() for _ in range(3)]
print(len({at for _, at in visits}) < 3, [answer for answer, _ in visits])
`
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		wrong := with(code, "LOADER", "CDLL", "LIBRARY", s.module.Path())
		result := watch.Run(t, watch.Python(s.py, wrong))
		result.Exit(t, violated)
		result.Prints(t, "True [1, 1, 1]\n")
		s.only(t, result, watch.Want{Function: touched, Count: 3})

		right := with(code, "LOADER", "PyDLL", "LIBRARY", s.module.Path())
		result = watch.Run(t, watch.Python(s.py, right))
		result.Clean(t)
		result.Prints(t, "True [1, 1, 1]\n")
	}, fixture.Bindings()...)
}

// with replaces the placeholders of a Python source, given as pairs.
func with(code string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(code)
}
