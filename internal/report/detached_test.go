package report

import (
	"strings"
	"testing"
)

// TestWhyDetached tells a thread that never had a thread state from one whose state the interpreter
// gave up itself, which no gate sees.
func TestWhyDetached(t *testing.T) {
	const libc = "/lib/x86_64-linux-gnu/libc.so.6"
	near := frame("PyOS_FSPath", libpython, 0x20)
	near.Nearest = true
	start := frame("PyThread_start_new_thread", libpython, 0x10)
	own := frame("start(void*)", extension, 0x30)
	ends := []Frame{frame("Held::~Held()", extension, 0x40), frame("__GI___call_tls_dtors", libc, 0x50)}
	runs := []PythonFrame{{Function: new("sleep")}}
	byPython := []Frame{start, frame("thread_PyThread_start_new_thread", libpython, 0x60), own}
	joinable := []Frame{frame("do_start_joinable_thread", libpython, 0x10), frame("PyThread_start_joinable_thread", libpython, 0x20), near,
		frame("PyEval_EvalCode", libpython, 0x30)}
	const atTheEnd, inACall = "at the end of the thread", "in a call of its own"
	for name, c := range map[string]struct {
		v      Violation
		never  bool
		inside string
	}{
		"C's thread":              {Violation{ThreadStartedAt: []Frame{own}}, true, ""},
		"C's thread ends":         {Violation{ThreadStartedAt: []Frame{own}, NativeStack: ends}, true, ""},
		"made with the C API":     {Violation{ThreadStartedAt: []Frame{start, own}, NativeStack: ends}, true, ""},
		"the same, 3.13 stripped": {Violation{ThreadStartedAt: []Frame{near, joinable[1], own}}, true, ""},
		"Python's thread ends":    {Violation{ThreadStartedAt: byPython, NativeStack: ends}, false, atTheEnd},
		"the same, 3.13":          {Violation{ThreadStartedAt: joinable, NativeStack: ends}, false, atTheEnd},
		"Python's thread":         {Violation{ThreadStartedAt: byPython}, false, ""},
		"Python's thread runs":    {Violation{ThreadStartedAt: byPython, PythonStack: runs}, false, inACall},
		"C's thread runs Python":  {Violation{ThreadStartedAt: []Frame{own}, PythonStack: runs}, false, inACall},
		"the main thread":         {Violation{PythonStack: runs}, false, inACall},
		"attached to it later":    {Violation{PythonStack: runs, Sensor: SensorUprobe}, false, ""},
		"an allocation":           {Violation{PythonStack: runs, Sensor: SensorAlloc}, false, ""},
		"a release was seen":      {Violation{PythonStack: runs, ReleasedAt: []Frame{own}, ThreadStartedAt: []Frame{own}}, false, ""},
		"Python is finalized":     {Violation{Kind: KindAfterFinalize, ThreadStartedAt: byPython, NativeStack: ends}, false, ""},
	} {
		v := c.v
		if v.Kind == "" {
			v.Kind = KindGILNotHeld
		}
		if v.Sensor == "" {
			v.Sensor = SensorCalls
		}
		if never, inside := NeverAttached(&v), ReleasedInside(&v); never != c.never || inside != c.inside {
			t.Errorf("%s: never attached %v, released inside %q", name, never, inside)
		}
		if title := startedTitle(&v); strings.HasPrefix(title, "never had") != c.never {
			t.Errorf("%s: %s", name, title)
		}
	}
}

// TestReleasedInsideIsSaid: each format that says where the GIL was released says that the interpreter
// did, though there are no frames; of a thread that C made, none does.
func TestReleasedInsideIsSaid(t *testing.T) {
	const words = "released by the interpreter itself, in a call of its own"
	for _, format := range []string{"text", "html", "markdown", "github"} {
		for _, runs := range []bool{true, false} {
			r := clean()
			v := noteViolation()
			v.Severity = SeverityError
			if runs {
				v.PythonStack = []PythonFrame{{Function: new("sleep")}}
			}
			r.Violations = []Violation{v}
			if got := strings.Contains(render(t, format, r, Options{}), words); got != runs {
				t.Errorf("%s: said %v, of a thread that runs Python %v", format, got, runs)
			}
		}
	}
}
