package suppress

import "testing"

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
	unknown := violation()
	unknown.NativeStack = nil
	if !(Modules{}).Keeps(unknown) || (Modules{Watch: []string{"*"}}).Keeps(unknown) {
		t.Error("a module that is not known counts when only some are watched, or does not when all are")
	}
}
