package symbols

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/ehframe"
)

// CallsOf finds the calls that objdump shows, whether they go to the function's address or,
// as those of an exported one, to its PLT stub.
func TestCallsOf(t *testing.T) {
	const bias = 0x7f1200000000
	for _, flags := range [][]string{
		{"-O2", "-Wl,-z,lazy"}, {"-O2", "-Wl,-z,now"}, {"-O2", "-Wl,-Bsymbolic"}, {"-O2", "-fcf-protection=full", "-Wl,-z,ibtplt"}, {"-O0"},
	} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			path := compile(t, "cc", "calls.c", flags...)
			r := NewResolver()
			defer r.Close()
			m := Module{Path: path, Bias: bias}
			function := func(name string) *ehframe.Function {
				for _, s := range nmFunctions(t, path) {
					if s.name == name {
						if f, ok := r.Unwinding(m, s.addr+bias); ok && f.Start == s.addr {
							return f
						}
					}
				}
				t.Fatalf("no function %s", name)
				return nil
			}
			jumps := function("jumps")
			for _, caller := range []string{"calls_jumper", "calls_other", "direct", "through_pointer"} {
				var want []uint64
				if caller == "calls_jumper" {
					for _, ret := range callReturns(t, path, caller) {
						want = append(want, ret+bias)
					}
				}
				got, complete := r.CallsOf(m, function(caller), jumps)
				if !complete || !slices.Equal(got, want) {
					t.Errorf("calls of jumps in %s: %#x, complete %v, want %#x", caller, got, complete, want)
				}
			}
		})
	}
}
