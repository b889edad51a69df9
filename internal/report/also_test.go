package report

import (
	"slices"
	"strings"
	"testing"
)

// calledAt is a violation of one function, which was inlined into another if line is not
// the innermost one's.
func calledAt(inlined bool, line int) Violation {
	v := warningViolation()
	v.ID, v.TailCall = "same", false
	v.NativeStack = nil
	if inlined {
		v.NativeStack = append(v.NativeStack, Frame{Function: new("look"), File: new("/src/a.c"), Line: new(4), Module: new("/m/a.so"), Inlined: true})
	}
	v.NativeStack = append(v.NativeStack,
		Frame{Function: new("visit"), File: new("/src/a.c"), Line: new(line), Module: new("/m/a.so")},
		Frame{Function: new("caller"), File: new("/src/a.c"), Line: new(line + 100), Module: new("/m/a.so")})
	return v
}

// A function that makes the call in several lines is one entry that names them all.
func TestAlsoAt(t *testing.T) {
	for _, inlined := range []bool{false, true} {
		var all []Violation
		for _, line := range []int{10, 15, 10, 15, 20} {
			all = append(all, calledAt(inlined, line))
		}
		want := []string{"a.c:15", "a.c:20"}
		folded := Fold(all)
		if len(folded) != 1 || !slices.Equal(folded[0].AlsoAt, want) {
			t.Fatalf("inlined %v: %d entries, also at %v", inlined, len(folded), folded[0].AlsoAt)
		}
		// Folded again, the other way round: the one that is shown is not among the others.
		again := Fold([]Violation{calledAt(inlined, 20), folded[0]})
		if got := slices.Sorted(slices.Values(again[0].AlsoAt)); !slices.Equal(got, []string{"a.c:10", "a.c:15"}) {
			t.Errorf("inlined %v: also at %v", inlined, got)
		}
		text := render(t, "text", &Report{Violations: folded}, Options{})
		if !strings.Contains(text, "\n  also at a.c:15, a.c:20\n") {
			t.Errorf("inlined %v:\n%s", inlined, text)
		}
	}
}

// Where only a caller's line differs, or nothing does, there is no other line.
func TestNotAlsoAt(t *testing.T) {
	a, b := calledAt(false, 10), calledAt(false, 10)
	b.NativeStack[1].Line = new(7)
	if got := Fold([]Violation{a, b, a}); len(got) != 1 || got[0].AlsoAt != nil {
		t.Errorf("%+v", got)
	}
	v := Violation{AlsoAt: slices.Repeat([]string{"\x1b.c:1"}, maxAlsoShown+2)}
	if got := also(&v); strings.Contains(got, "\x1b") || strings.Count(got, ".c:1") != maxAlsoShown || !strings.HasSuffix(got, " and 2 more lines") {
		t.Error(got)
	}
}
