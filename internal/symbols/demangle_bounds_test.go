package symbols

import (
	"strings"
	"testing"
)

// TestDemangleIsBounded: names as long as they may be, as deep as they can be, and
// such as grow by substitution.
func TestDemangleIsBounded(t *testing.T) {
	doubling := "_Z1fI"
	for range 1000 {
		doubling += "1tIS_S_E"
	}
	for name, mangled := range map[string]string{
		"pointers":   "_Z1f" + strings.Repeat("P", maxMangled-10) + "i",
		"nested":     "_Z1f" + strings.Repeat("1tI", maxMangled/3-10) + "i" + strings.Repeat("E", 10),
		"functions":  "_Z1f" + strings.Repeat("PF", maxMangled/2-10) + "iE",
		"doubling":   doubling,
		"back":       "_RI" + strings.Repeat("B_", maxMangled/2-10),
		"tuples":     "_RINvC1a1b" + strings.Repeat("T", maxMangled-20),
		"references": "_RINvC1a1b" + strings.Repeat("R", maxMangled-20) + "lE",
		"locals":     strings.Repeat("_ZZ", maxMangled/3-10),
	} {
		full, short := Demangle(mangled)
		if limit := max(len(mangled), 1<<maxDemangledPower); full == "" || len(full) > limit || len(short) > limit {
			t.Errorf("%s: %d and %d bytes", name, len(full), len(short))
		}
	}
}
