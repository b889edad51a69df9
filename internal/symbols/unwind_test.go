package symbols

import "testing"

// Unwinding finds the function around an address of the process, and nothing where there is
// none, or no file.
func TestUnwinding(t *testing.T) {
	const bias = 0x7f1200000000
	path := compile(t, "cc", "calls.c", "-O2")
	r := NewResolver()
	defer r.Close()
	m := Module{Path: path, Bias: bias}
	found := 0
	for _, s := range nmFunctions(t, path) {
		if s.name != "direct" && s.name != "jumps" {
			continue
		}
		found++
		if f, ok := r.Unwinding(m, bias+s.addr+1); !ok || f.Start != s.addr || f.End <= s.addr+1 {
			t.Errorf("%s, at %#x: %+v, %v", s.name, s.addr, f, ok)
		}
	}
	if found != 2 {
		t.Errorf("%d functions looked at, want 2", found)
	}
	for name, m := range map[string]Module{"below the code": m, "no such file": {Path: path + "-not-there", Bias: bias}} {
		if f, ok := r.Unwinding(m, bias); ok {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
