package shim

import (
	"testing"
)

// Each instruction boundary of the gates, of the slow way and of the dlsym gate unwinds.
func TestGatesUnwindAtEachInstruction(t *testing.T) {
	t.Parallel()
	// The assembly is linked last: then nothing but the C runtime's end lies behind it.
	sources := append([]string{"step.c", "gated.c"}, unwinder...)
	p := of(nil, append(sources, "shim/gate_amd64.S")...)
	p.link = []string{"-Wl,-z,lazy"}
	t.Log(run(t, p.build(t, "step")))
}

func TestGatesPassArguments(t *testing.T) {
	t.Parallel()
	p := of(nil, append([]string{"arguments.c"}, gated...)...)
	run(t, p.build(t, "arguments"))
}
