package shim

import (
	"os/exec"
	"testing"
)

// sanitized finds what the compiler can see. Loads of any alignment are legal on this CPU
// and wanted.
var sanitized = []string{"-fsanitize=address,undefined", "-fno-sanitize=alignment", "-fno-sanitize-recover=all"}

// parsers read what linkers wrote.
var parsers = []string{"shim/eh_frame.c", "shim/cfa.c", "shim/expression.c"}

func TestUnwindByDamagedDescriptions(t *testing.T) {
	t.Parallel()
	p := of(nil, append([]string{"damaged.c", "acquired.c", "shim/unwind.c", "shim/memory.c", "shim/object.c"}, parsers...)...)
	compared(t, run(t, p.build(t, "damaged"), "100000"))
}

// The unwinder reads whatever the kernel says can be read, red zones of the address
// sanitizer included; so it is the other one, with its bounds of arrays, alone.
func TestUnwindByDamagedDescriptionsSanitized(t *testing.T) {
	t.Parallel()
	undefined := []string{"-fsanitize=undefined", "-fno-sanitize=alignment", "-fno-sanitize-recover=all"}
	p := of(undefined, append([]string{"damaged.c", "acquired.c", "shim/unwind.c", "shim/memory.c", "shim/object.c"}, parsers...)...)
	compared(t, run(t, p.build(t, "damaged"), "20000"))
}

// Valgrind sees the reads of the inline assembly, too.
func TestUnwindByDamagedDescriptionsUnderValgrind(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("valgrind"); err != nil {
		t.Skip("valgrind is not installed")
	}
	p := of(nil, append([]string{"damaged.c", "acquired.c", "shim/unwind.c", "shim/memory.c", "shim/object.c"}, parsers...)...)
	compared(t, run(t, "valgrind", "-q", "-q", "--error-exitcode=1", p.build(t, "damaged"), "500"))
}
