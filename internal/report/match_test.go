package report

import (
	"slices"
	"testing"
)

// debug gives all frames of a violation files, as debug information does.
func debug(v Violation) Violation {
	for i := range v.NativeStack {
		v.NativeStack[i].File = new("mod.c")
	}
	return v
}

func functionsOf(violations []Violation) []string {
	var names []string
	for i := range violations {
		names = append(names, Caller(&violations[i]).Name())
	}
	return names
}

// TestHelperIsNew: a bug that stands there under its id is not another one too, which a helper
// of its function makes.
func TestHelperIsNew(t *testing.T) {
	for name, with := range map[string]func(Violation) Violation{
		"with debug information": debug, "without": func(v Violation) Violation { return v },
	} {
		old, helper := with(built("go", "wrap")), with(built("helper", "go", "wrap"))
		older := reportOf(old)
		for _, newer := range []*Report{reportOf(old, helper), reportOf(helper, old)} {
			d := Compare(older, newer)
			if !slices.Equal(functionsOf(d.New), []string{"helper"}) || !slices.Equal(functionsOf(d.Still), []string{"go"}) || len(d.Gone) != 0 {
				t.Errorf("%s: new %v, still there %v, gone %v", name, functionsOf(d.New), functionsOf(d.Still), functionsOf(d.Gone))
			}
			back := Compare(newer, older)
			if len(back.New) != 0 || !slices.Equal(functionsOf(back.Gone), []string{"helper"}) || len(back.Still) != 1 {
				t.Errorf("%s, back: new %v, gone %v", name, functionsOf(back.New), functionsOf(back.Gone))
			}
			r := reportOf(newer.Violations...)
			r.Violations = slices.Clone(r.Violations)
			MarkKnown(r, older)
			for i := range r.Violations {
				if v := &r.Violations[i]; v.Known != (v.ID == old.ID) {
					t.Errorf("%s: %s known %v", name, Caller(v).Name(), v.Known)
				}
			}
			for _, reports := range [][]*Report{{older, newer}, {newer, older}} {
				if m := Merge("2", reports); len(m.Violations) != 2 {
					t.Errorf("%s: merged to %v", name, functionsOf(m.Violations))
				}
			}
		}
	}
}

// TestHelperInRebuild: nor is a bug another one too that stands there still in another build; and
// its twin, two functions that had been inlined into the one that was known.
func TestHelperInRebuild(t *testing.T) {
	again, helper := built("go", "between", "wrap"), built("helper", "go", "between", "wrap")
	for _, newer := range []*Report{reportOf(again, helper), reportOf(helper, again)} {
		d := Compare(reportOf(built("go", "wrap")), newer)
		if !slices.Equal(functionsOf(d.New), []string{"helper"}) || !slices.Equal(functionsOf(d.Still), []string{"go"}) || len(d.Gone) != 0 {
			t.Errorf("new %v, still there %v, gone %v", functionsOf(d.New), functionsOf(d.Still), functionsOf(d.Gone))
		}
	}
	d := Compare(reportOf(built("wrap")), reportOf(built("a", "wrap"), built("b", "wrap")))
	if len(d.New) != 0 || len(d.Still) != 2 || len(d.Gone) != 0 {
		t.Errorf("two inlined: new %v, still there %v, %d gone", functionsOf(d.New), functionsOf(d.Still), len(d.Gone))
	}
}

// TestCompareThreads: debug symbols of the C library tell nothing of the extension's functions:
// the same bug on two machines is found again when it was inlined on one, and its twin, another
// worker, is not.
func TestCompareThreads(t *testing.T) {
	thread := func(outer []Frame, functions ...string) Violation {
		v := built(functions...)
		v.NativeStack = append(v.NativeStack[:len(functions)], outer...) // without the interpreter's
		v.ID = ID(v.Kind, v.Function, v.NativeStack)
		return v
	}
	for oneName, one := range threads {
		for otherName, other := range threads {
			d := Compare(reportOf(thread(one, "make", "worker")), reportOf(thread(other, "worker")))
			if len(d.New) != 0 || len(d.Gone) != 0 || len(d.Still) != 1 {
				t.Errorf("%s, %s: %d new, %d gone, %d still there", oneName, otherName, len(d.New), len(d.Gone), len(d.Still))
			}
			d = Compare(reportOf(thread(one, "worker")), reportOf(debug(thread(other, "[make]", "worker"))))
			if len(d.New) != 0 || len(d.Gone) != 0 || len(d.Still) != 1 {
				t.Errorf("%s, %s, inlined: %d new, %d gone, %d still there", oneName, otherName, len(d.New), len(d.Gone), len(d.Still))
			}
			d = Compare(reportOf(thread(one, "make", "worker")), reportOf(thread(other, "make", "other_worker")))
			if len(d.New) != 1 || len(d.Gone) != 1 {
				t.Errorf("%s, %s, another worker: %d new, %d gone", oneName, otherName, len(d.New), len(d.Gone))
			}
		}
	}
}

// TestMergeKeepsApart: what one report has as two bugs is two, whichever report comes first.
func TestMergeKeepsApart(t *testing.T) {
	one, other := built("go", "wrap"), built("helper", "go", "wrap")
	reports := []*Report{reportOf(one), reportOf(other), reportOf(one, other)}
	for _, order := range [][]int{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {1, 2, 0}} {
		m := Merge("2", []*Report{reports[order[0]], reports[order[1]], reports[order[2]]})
		if len(m.Violations) != 2 || m.Violations[0].Count != 2 || m.Violations[1].Count != 2 {
			t.Errorf("%v: %v", order, functionsOf(m.Violations))
		}
	}
	// The twin: two builds of one bug.
	if m := Merge("2", reports[:2]); len(m.Violations) != 1 || m.Violations[0].Count != 2 {
		t.Errorf("a rebuild: %v", functionsOf(m.Violations))
	}
}

// TestMergeTwice: a report that is given twice has no other bugs than once.
func TestMergeTwice(t *testing.T) {
	a, b := built("[make]", "[a]", "wrap"), built("[make]", "[b]", "wrap")
	for name, r := range map[string]*Report{
		"session": sample(), "equal ids": reportOf(a, b), "helper": reportOf(built("go"), built("helper", "go")),
	} {
		once, twice := Merge("2", []*Report{r}), Merge("2", []*Report{r, r})
		if len(once.Violations) != len(r.Violations) || len(twice.Violations) != len(r.Violations) {
			t.Errorf("%s: %d violations, once %d, twice %d", name, len(r.Violations), len(once.Violations), len(twice.Violations))
		}
		for i := range twice.Violations {
			if twice.Violations[i].ID != once.Violations[i].ID || twice.Violations[i].Count != 2*once.Violations[i].Count {
				t.Errorf("%s: %+v", name, twice.Violations[i])
			}
		}
	}
}
