package ehframe

import "testing"

// Caller knows two registers and some words alone.
func TestCaller(t *testing.T) {
	table, err := Parse(made(), 0)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := table.Find(0x1080)
	stack := map[uint64]uint64{0x8010: 0xbb, 0x8018: 0x9999}
	for _, c := range []struct {
		name   string
		sp     uint64
		stack  map[uint64]uint64
		caller Caller
		ok     bool
	}{
		{"all there", 0x8000, stack, Caller{0x9999, 0x8020, 0x77}, true},
		{"no return address", 0x8000, nil, Caller{0, 0x8020, 0x77}, false},
	} {
		word := func(address uint64) (uint64, bool) { w, ok := c.stack[address]; return w, ok }
		if got, ok := f.Caller(0x1080, c.sp, 0x77, word); got != c.caller || ok != c.ok {
			t.Errorf("%s: %+v, %v, want %+v, %v", c.name, got, ok, c.caller, c.ok)
		}
	}
	// A frame that is addressed by another register cannot be told.
	f.program = []byte{0x0c, 3, 16}
	if got, ok := f.Caller(0x1080, 0x8000, 0x77, func(uint64) (uint64, bool) { return 1, true }); ok || got != (Caller{}) {
		t.Errorf("by rbx: %+v, %v", got, ok)
	}
}
