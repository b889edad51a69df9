package report

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

func TestFold(t *testing.T) {
	a, other, b := warningViolation(), noteViolation(), warningViolation()
	a.Count, a.FirstSeen, a.LastSeen, a.Processes, a.Tests = 5, at(10), at(20), []int{1, 2}, []string{"x"}
	b.Count, b.FirstSeen, b.LastSeen, b.Processes, b.Tests = 7, at(5), at(15), []int{2, 3}, []string{"x", "y"}
	b.Fatal, b.Known, b.NativeStack = true, false, nil
	in := []Violation{a, other, b}
	got := Fold(in)
	if len(got) != 2 || got[0].ID != a.ID || got[1].ID != other.ID {
		t.Fatalf("got %+v", got)
	}
	g := got[0]
	if g.Count != 12 || !g.FirstSeen.Equal(*at(5)) || !g.LastSeen.Equal(*at(20)) || !g.Fatal || g.Known {
		t.Errorf("got %+v", g)
	}
	if !slices.Equal(g.Processes, []int{1, 2, 3}) || !slices.Equal(g.Tests, []string{"x", "y"}) {
		t.Errorf("processes %v, tests %v", g.Processes, g.Tests)
	}
	if !reflect.DeepEqual(g.NativeStack, a.NativeStack) {
		t.Error("not the first one's stack")
	}
	if in[0].Count != 5 || len(in[0].Processes) != 2 || !in[0].FirstSeen.Equal(*at(10)) {
		t.Error("the argument was changed")
	}
}

func TestFoldKeepsTheRest(t *testing.T) {
	if got := Fold(nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	a, b := warningViolation(), warningViolation()
	a.FirstSeen, a.LastSeen, a.Count = nil, nil, math.MaxUint64
	got := Fold([]Violation{a, b})
	if len(got) != 1 || got[0].Count != math.MaxUint64 || !got[0].FirstSeen.Equal(*b.FirstSeen) || !got[0].LastSeen.Equal(*b.LastSeen) {
		t.Errorf("got %+v", got)
	}
}

func TestSort(t *testing.T) {
	v := func(id, severity string, count uint64, fatal bool) Violation {
		return Violation{ID: id, Severity: severity, Count: count, Fatal: fatal}
	}
	list := []Violation{
		v("note", SeverityNote, 9999, false), v("rare error", SeverityError, 1, false),
		v("warning", SeverityWarning, 100, false), v("error b", SeverityError, 50, false),
		v("error a", SeverityError, 50, false), v("fatal", SeverityWarning, 1, true),
	}
	Sort(list)
	var got []string
	for _, v := range list {
		got = append(got, v.ID)
	}
	if want := []string{"fatal", "error a", "error b", "rare error", "warning", "note"}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestSummarize(t *testing.T) {
	r := sample()
	r.Summary = Summary{Errors: 99, Lost: 2}
	Summarize(r)
	want := Summary{Violations: 3, Errors: 1, Warnings: 1, Notes: 1, Known: 1, Suppressed: 2042,
		Occurrences: 1000 + 12345678 + 1, ProcessesWatched: 9, ProcessesUnwatched: 1, ModulesWatched: 214, Lost: 2}
	if r.Summary != want {
		t.Errorf("got %+v, want %+v", r.Summary, want)
	}
}
