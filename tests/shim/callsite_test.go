package shim

import "testing"

// The slot that a call goes through is told from its machine code, wherever that stands:
// instructions have no alignment.
func TestCallSiteTellsTheSlot(t *testing.T) {
	t.Parallel()
	sources := append([]string{"callsites.c", "callsites.S", "shim/callsite_amd64.c"}, unwinder...)
	run(t, of(nil, sources...).build(t, "callsites"))
}
