package shim

import "testing"

// The slot that a call goes through is told from its machine code, wherever that stands:
// instructions have no alignment.
func TestCallSiteTellsTheSlot(t *testing.T) {
	t.Parallel()
	run(t, of(nil, "callsites.c", "callsites.S", "shim/callsite_amd64.c", "shim/memory.c").build(t, "callsites"))
}
