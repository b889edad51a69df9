package shim

import (
	"strings"
	"testing"
)

// unwinder is what a program needs that unwinds its own stack.
var unwinder = []string{
	"acquired.c", "shim/unwind.c", "shim/memory.c", "shim/walk.c", "shim/eh_frame.c", "shim/cfa.c", "shim/expression.c",
	"shim/module.c", "shim/object.c", "shim/symbol.c", "loaded.c",
}

// gated is the unwinder behind the shim's own gates.
var gated = append([]string{"gated.c", "shim/gate_amd64.S"}, unwinder...)

// The unwinder says what glibc's backtrace() and libgcc's _Unwind_Backtrace say at the
// same place; testdata/frames.c has the places.
func TestUnwindAgreesWithLibgcc(t *testing.T) {
	for _, c := range []struct{ name, flags string }{
		{"O0", "-O0"},
		{"O2", "-O2 -fomit-frame-pointer"},
		{"O2 frame pointers", "-O2 -fno-omit-frame-pointer"},
		{"O2 lazy binding", "-O2 -Wl,-z,lazy"},
		{"O3", "-O3 -fcf-protection=none"},
		{"Os", "-Os"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := program{units: []unit{
				{strings.Fields(c.flags), []string{"frames.c"}},
				{nil, gated},
			}, link: strings.Fields(c.flags)}
			compared(t, run(t, p.build(t, "frames")))
		})
	}
}

func TestUnwindThroughExceptions(t *testing.T) {
	t.Parallel()
	p := of(nil, append([]string{"exceptions.cc"}, gated...)...)
	compared(t, run(t, p.build(t, "exceptions")))
}

func TestUnwindWithoutFrameDescription(t *testing.T) {
	t.Parallel()
	p := of(nil, append([]string{"undescribed.c", "undescribed.S"}, gated...)...)
	compared(t, run(t, p.build(t, "undescribed")))
}

func TestUnwindByRareRules(t *testing.T) {
	t.Parallel()
	p := of(nil, append([]string{"rules.c", "rules.S"}, gated...)...)
	compared(t, run(t, p.build(t, "rules")))
}

// compared holds that the program came to its end and compared something.
func compared(t *testing.T, out string) {
	t.Helper()
	if n := strings.TrimSpace(out); n == "" || n == "0" {
		t.Errorf("the program printed %q, want how many stacks it compared", out)
	}
}
