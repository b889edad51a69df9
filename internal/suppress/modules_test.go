package suppress

import (
	"slices"
	"testing"
)

func TestModules(t *testing.T) {
	for _, test := range []struct {
		watch, ignore []string
		want          bool
	}{
		{nil, nil, true},
		{[]string{"soxr_ext.abi3.so"}, nil, true},
		{[]string{"soxr_ext"}, nil, true},
		{[]string{"other", "soxr*"}, nil, true},
		{[]string{"/v/*"}, nil, true},
		{[]string{"other*"}, nil, false},
		{nil, []string{"soxr*"}, false},
		{nil, []string{"other*"}, true},
		{[]string{"soxr*"}, []string{"*.abi3.so"}, false},
	} {
		m := Modules{test.watch, test.ignore}
		if got := m.Keeps(violation()); got != test.want {
			t.Errorf("%+v: %v", m, got)
		}
	}
	modules := []string{"/v/soxr_ext.abi3.so", "/v/other.so"}
	if got := Unused([]string{"soxr*", "oter*", "/v/*", "other.so"}, modules); !slices.Equal(got, []string{"oter*"}) {
		t.Errorf("unused are %q", got)
	}
	unknown := violation()
	unknown.NativeStack = nil
	if !(Modules{}).Keeps(unknown) || (Modules{Watch: []string{"*"}}).Keeps(unknown) {
		t.Error("a module that is not known counts when only some are watched, or does not when all are")
	}
}
