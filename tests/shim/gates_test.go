package shim

import (
	"testing"
)

// Each instruction boundary of the gates, of the slow way and of the hooks of dlsym, dlopen
// and pthread_create unwinds.
func TestGatesUnwindAtEachInstruction(t *testing.T) {
	t.Parallel()
	// The assembly is linked last: then nothing but the C runtime's end lies behind it.
	rest := append([]string{"gated.c"}, unwinder...)
	p := program{units: []unit{
		{[]string{"-fno-omit-frame-pointer"}, []string{"step.c"}},
		{nil, append(rest, "shim/gate_amd64.S", "shim/birth_amd64.S")},
	}, link: []string{"-Wl,-z,lazy"}}
	t.Log(run(t, p.build(t, "step")))
}

func TestGatesPassArguments(t *testing.T) {
	t.Parallel()
	p := of(nil, append([]string{"arguments.c"}, gated...)...)
	run(t, p.build(t, "arguments"))
}
