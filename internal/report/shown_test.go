package report

import (
	"bytes"
	"strings"
	"testing"
)

// A reader sees an entry once: not again for an equal violation, nor for one that the text
// report lists below it.
func TestShown(t *testing.T) {
	same := fatalViolation()
	other := fatalViolation()
	other.ID = "another" // reached by another caller
	warning := warningViolation()
	for name, test := range map[string]struct {
		violations []Violation
		want       []bool
	}{
		"equal":          {[]Violation{same, same}, []bool{true, false}},
		"grouped":        {[]Violation{same, other}, []bool{true, false}},
		"two bugs":       {[]Violation{same, warning, same}, []bool{true, true, false}},
		"cannot be told": {[]Violation{noteViolation(), noteViolation()}, []bool{true, false}},
	} {
		var s Shown
		for i := range test.violations {
			if got := s.Add(&test.violations[i]); got != test.want[i] {
				t.Errorf("%s: violation %d is new: %v, want %v", name, i, got, test.want[i])
			}
		}
	}
}

func TestGlance(t *testing.T) {
	var b bytes.Buffer
	if err := WriteGlance(&b, sample(), 2, Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "glance.txt", b.String())
}

// Who held the GIL is one line, and none where it is not known.
func TestHolderLine(t *testing.T) {
	for want, h := range map[string]*GILHolder{
		"":                                 nil,
		"  nobody held the GIL\n":          {},
		"  another thread held the GIL\n":  {Held: true},
		"  the main thread held the GIL\n": {Held: true, TID: new(4121), ThreadName: new("python")},
		"  thread 7 held the GIL\n":        {Held: true, TID: new(7)},
		"  thread io \\x1b[31m (tid 7) held the GIL\n": {Held: true, TID: new(7), ThreadName: new("io \x1b[31m")},
	} {
		text := newText(clean(), Options{})
		text.holder(&Violation{PID: 4121, GILHolder: h})
		if got := text.b.String(); got != want && !strings.Contains(want, `\x1b`) || strings.Contains(got, "\x1b") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The certain comes before what is not, and what is new before what is known.
func TestSortCertain(t *testing.T) {
	first, uncertain, known := fatalViolation(), fatalViolation(), fatalViolation()
	first.ID, uncertain.ID, known.ID = "first", "uncertain", "known"
	first.FirstSeen, uncertain.FirstSeen, known.FirstSeen = at(9), at(2), at(1)
	uncertain.TailCall, known.Known = true, true
	all := []Violation{known, uncertain, first}
	Sort(all)
	if all[0].ID != "first" || all[1].ID != "uncertain" || all[2].ID != "known" {
		t.Errorf("order %s, %s, %s", all[0].ID, all[1].ID, all[2].ID)
	}
}
