package report

import (
	"slices"
	"strings"
	"testing"
)

// A test whose thread went on says so in every format for people, and what ran meanwhile.
func TestOutlived(t *testing.T) {
	for _, c := range []struct {
		during []string
		want   string
	}{
		{nil, "test: t.py::a (call), in a thread of it that went on after its end"},
		{[]string{"t.py::b (call)"}, "test: t.py::a (call), in a thread of it that went on while t.py::b (call) ran"},
		{[]string{"b\x1b", "c", "d"}, `test: t.py::a (call), in a thread of it that went on while b\x1b and 2 more ran`},
	} {
		v := Violation{Tests: []string{"t.py::a (call)", "t.py::x (call)"}, Outlived: []Outlived{{"t.py::a (call)", c.during}}}
		want := []string{c.want, "test: t.py::x (call)"}
		if got := testLines(&v); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		for i, test := range markedTests(&v) {
			if "test: "+test != want[i] {
				t.Errorf("%q, want %q", test, want[i])
			}
		}
	}
	v := Violation{Tests: []string{"a", "b", "c", "d", "e"}}
	if got := testLines(&v); len(got) != 4 || !strings.HasSuffix(got[3], "2 more tests") {
		t.Errorf("%q", got)
	}
}

func TestFoldUnitesOutlived(t *testing.T) {
	one := Violation{ID: "x", Count: 1, Tests: []string{"a"}, Outlived: []Outlived{{"a", []string{"b"}}}}
	two := Violation{ID: "x", Count: 1, Tests: []string{"c", "a"}, Outlived: []Outlived{{"c", nil}, {"a", []string{"d", "b"}}}}
	folded := Fold([]Violation{one, two})
	if len(folded) != 1 || len(folded[0].Outlived) != 2 || !slices.Equal(folded[0].Outlived[0].During, []string{"b", "d"}) || folded[0].Outlived[1].Test != "c" {
		t.Errorf("%+v", folded)
	}
}
