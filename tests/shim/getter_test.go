package shim

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
)

func TestGetterForms(t *testing.T) {
	t.Parallel()
	run(t, of(nil, "getter.c", "shim/getter_amd64.c").build(t, "getter"))
}

// asks prints the decoded form, then location and getter attached (PyDLL keeps the thread
// state) and detached (CDLL gives it up for the call).
const asks = `
import ctypes, sys
attached, detached = ctypes.PyDLL(sys.argv[1]), ctypes.CDLL(sys.argv[1])
for library in attached, detached:
    library.probe_open.restype = ctypes.c_char_p
    library.probe_located.restype = library.probe_got.restype = ctypes.c_size_t
print(attached.probe_open().decode())
print(attached.probe_located(), attached.probe_got(), detached.probe_located(), detached.probe_got())
`

// The location that is decoded from each interpreter's getter holds what the getter returns.
func TestGetterOfInterpreters(t *testing.T) {
	probe := program{units: []unit{{nil, []string{"probe.c", "shim/getter_amd64.c", "shim/object.c"}}}, link: []string{"-shared"}}
	path := probe.build(t, "probe.so")
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		said := strings.Fields(run(t, py.Path, "-c", asks, path))
		if len(said) != 5 {
			t.Fatalf("the probe printed %q", said)
		}
		form, located, got := said[0], said[1], said[2]
		wanted := map[bool]string{false: "global", true: "tp-offset tls-index"}[py.ThreadLocal()]
		if !strings.Contains(wanted, form) {
			t.Errorf("decoded as %q, want one of %s", form, wanted)
		}
		if located != got || got == "0" {
			t.Errorf("attached, the location holds %s and the getter returns %s", located, got)
		}
		if said[3] != "0" || said[4] != "0" {
			t.Errorf("detached, the location holds %s and the getter returns %s, want 0", said[3], said[4])
		}
	})
}
