package gate

import (
	"fmt"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// api is a way to build against the C API.
type api struct {
	name  string
	flag  string
	since int    // minor version that has it
	drops string // what a Py_DECREF of the last reference calls
}

var apis = []api{
	{"whole", "-DWHOLE", 8, "_Py_Dealloc"},
	{"abi3-3.8", "-DPy_LIMITED_API=0x03080000", 8, "_Py_Dealloc"},
	{"abi3-3.12", "-DPy_LIMITED_API=0x030c0000", 12, "_Py_DecRef"},
}

// The last reference crosses a gate on every version and in every way to build, whether
// Py_DECREF is expanded or a call; acquire lets all of them go well.
func TestLastReference(t *testing.T) {
	marks := readMarks(t, "inlined.c")
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for _, flags := range fixture.Bindings() {
			for _, api := range apis {
				if py.Minor < api.since {
					continue
				}
				t.Run(flags.Name+"-"+api.name, func(t *testing.T) {
					m := fixture.Build(t, py, "testdata/inlined.c", flags.With(flags.Name+api.name, api.flag))
					s := subject{py, m}
					s.dropped(t, marks, "in_place", api.drops)
					s.dropped(t, marks, "call", "Py_DecRef")
				})
			}
		}
	})
}

// dropped fails unless the wrong call, and not the right one, is found at the marked line.
func (s subject) dropped(t *testing.T, marks marks, name, function string) {
	t.Helper()
	result := watch.Run(t, acquiring(s.command("wrong_"+name+"()")))
	result.Exit(t, violated)
	found := result.Only(t, watch.Want{Function: function, Module: s.module.File, Sensor: "calls"})
	if len(found) == 1 {
		through(t, name, found[0].NativeStack, marks, name)
	}
	watch.Run(t, acquiring(s.command("right_"+name+"()"))).Clean(t)
}

// A static inline function of the headers is a frame of its own, and the line that uses it
// is right.
func TestStaticInlineFunction(t *testing.T) {
	marks := readMarks(t, "inlined.c")
	onEach(t, "inlined.c", func(t *testing.T, s subject) {
		if s.py.Minor < 9 {
			return // 3.8 has none like it
		}
		result := watch.Run(t, acquiring(s.command("wrong_method()")))
		result.Exit(t, violated)
		result.Prints(t, fmt.Sprintln("WORD"))
		found := result.Only(t, watch.Want{Function: "PyObject_VectorcallMethod", Module: s.module.File})
		if len(found) == 1 {
			through(t, "the method", found[0].NativeStack, marks, "method")
			if !found[0].NativeStack[0].Inlined {
				t.Errorf("no frame of the inline function: %s", found[0])
			}
		}
		watch.Run(t, acquiring(s.command("right_method()"))).Clean(t)
	})
}
