package report

import (
	"slices"
	"strings"
	"testing"
)

// built is a violation of PyList_New whose stack has these functions, innermost first; one in
// brackets was inlined.
func built(functions ...string) Violation {
	v := Violation{Kind: KindGILNotHeld, Severity: SeverityError, Function: "PyList_New", Count: 1, Sensor: SensorCalls}
	for _, name := range functions {
		f := frame(strings.Trim(name, "[]"), extension, 1)
		f.Inlined = strings.HasPrefix(name, "[")
		v.NativeStack = append(v.NativeStack, f)
	}
	v.NativeStack = append(v.NativeStack, frame("_PyEval_EvalFrameDefault", libpython, 1))
	v.ID = ID(v.Kind, v.Function, v.NativeStack)
	return v
}

func reportOf(violations ...Violation) *Report {
	r := clean()
	r.Violations = violations
	Summarize(r)
	return r
}

// TestCompare has pairs of builds of the same bug, and their twins, which are another one. What
// has no debug information may be the same: a function that was inlined has no frame there.
func TestCompare(t *testing.T) {
	for name, test := range map[string]struct {
		older, newer Violation
		same         bool
	}{
		"equal":                  {built("make", "wrap"), built("make", "wrap"), true},
		"other function":         {built("make", "wrap"), built("other", "wrap"), false},
		"inlined since":          {built("make", "wrap"), built("[make]", "wrap"), true},
		"no longer inlined":      {built("[make]", "wrap"), built("make", "wrap"), true},
		"another one inlined":    {built("make", "wrap"), built("[other]", "wrap"), false},
		"inlined without a word": {built("make", "wrap"), built("wrap"), true},
		"order":                  {built("make", "wrap"), built("wrap", "make"), false},
		"caller comes in":        {built("make", "wrap"), built("make", "between", "wrap"), true},
		"no names":               {built("", ""), built("make"), false},
		"two inlined":            {built("[make]", "[a]", "wrap"), built("[make]", "[b]", "wrap"), false},
		"a helper's call":        {built("wrap"), built("make", "wrap"), true},

		"debug: equal":             {debug(built("make", "wrap")), debug(built("make", "wrap")), true},
		"debug: inlined since":     {debug(built("make", "wrap")), debug(built("[make]", "wrap")), true},
		"debug: caller comes in":   {debug(built("make", "wrap")), debug(built("make", "between", "wrap")), true},
		"debug: caller inlined":    {debug(built("make", "between", "wrap")), debug(built("make", "[between]", "wrap")), true},
		"debug: a helper's call":   {debug(built("wrap")), debug(built("make", "wrap")), false},
		"debug: an inlined one's":  {debug(built("wrap")), debug(built("[make]", "wrap")), false},
		"debug: since":             {built("wrap"), debug(built("[make]", "wrap")), true},
		"debug: since, on its own": {built("wrap"), debug(built("make", "wrap")), true},
		"debug: no longer":         {debug(built("[make]", "wrap")), built("wrap"), true},
		"debug: framework's": {debug(built("nanobind::capsule::capsule", "wrap")),
			debug(built("[nanobind::capsule::capsule]", "wrap")), true},
		"C++: inlined since": {debug(built("ns::make(int)", "void ns::wrap<int>(int)")), debug(built("[ns::make]", "void ns::wrap<int>(int)")), true},
		"C++: caller inlined": {debug(built("ns::make(int)", "void ns::between<int>(int)", "wrap()")),
			debug(built("ns::make(int)", "[ns::between<int>]", "wrap()")), true},
		"C++: another":  {debug(built("ns::make(int)", "wrap()")), debug(built("[ns::other]", "wrap()")), false},
		"C++: overload": {debug(built("ns::make(int)", "wrap()")), debug(built("ns::make(double)", "wrap()")), false},
	} {
		d := Compare(reportOf(test.older), reportOf(test.newer))
		if same := len(d.Still) == 1 && len(d.New) == 0 && len(d.Gone) == 0; same != test.same {
			t.Errorf("%s: %d new, %d gone, %d still there", name, len(d.New), len(d.Gone), len(d.Still))
		}
		r := reportOf(test.newer)
		MarkKnown(r, reportOf(test.older))
		if r.Violations[0].Known != test.same || (r.Summary.Known == 1) != test.same {
			t.Errorf("%s: known %v", name, r.Violations[0].Known)
		}
	}
}

// TestFoldFramework: what a binding does on the way from one own function is the same bug.
func TestFoldFramework(t *testing.T) {
	a, b := built("[nanobind::a]", "make", "wrap"), built("[nanobind::b]", "make", "wrap")
	if folded := Fold([]Violation{a, b}); len(folded) != 1 || folded[0].Count != 2 {
		t.Errorf("got %+v", folded)
	}
}

// TestFoldInlined: two functions that were inlined into one are two bugs, and each the same
// again.
func TestFoldInlined(t *testing.T) {
	a, b := built("[make]", "[a]", "wrap"), built("[make]", "[b]", "wrap")
	if a.ID != b.ID {
		t.Fatal("inlined functions change the id")
	}
	folded := Fold(append(Fold([]Violation{a, b}), a))
	TellApart(folded)
	if len(folded) != 2 || folded[0].Count != 2 || folded[0].ID == folded[1].ID {
		t.Fatalf("got %+v", folded)
	}
	alone := Fold([]Violation{a, a})
	if TellApart(alone); len(alone) != 1 || alone[0].ID != a.ID {
		t.Errorf("alone: %+v", alone)
	}
	d := Compare(reportOf(a), reportOf(folded...))
	if len(d.Still) != 1 || len(d.New) != 1 || len(d.Gone) != 0 {
		t.Errorf("%d still there, %d new, %d gone", len(d.Still), len(d.New), len(d.Gone))
	}
}

// TestFoldHelper: what an inlined helper calls is not what the function around it calls, though
// their frames are the same.
func TestFoldHelper(t *testing.T) {
	own, helper := debug(built("wrap")), debug(built("[make]", "wrap"))
	if own.ID != helper.ID {
		t.Fatal("inlined functions change the id")
	}
	folded := Fold([]Violation{own, helper, own})
	TellApart(folded)
	if len(folded) != 2 || folded[0].Count != 2 || folded[0].ID == folded[1].ID {
		t.Fatalf("got %+v", folded)
	}
	d := Compare(reportOf(own), reportOf(folded...))
	if !slices.Equal(functionsOf(d.New), []string{"make"}) || !slices.Equal(functionsOf(d.Still), []string{"wrap"}) || len(d.Gone) != 0 {
		t.Errorf("new %v, still there %v, %d gone", functionsOf(d.New), functionsOf(d.Still), len(d.Gone))
	}
	// The twin: without debug information there is one frame, and nothing to tell them by.
	if alone := Fold([]Violation{built("wrap"), built("wrap")}); len(alone) != 1 {
		t.Errorf("got %+v", alone)
	}
}

func TestCompareOthers(t *testing.T) {
	a, b := built("make"), built("make")
	b.Function = "PyDict_New"
	b.ID = ID(b.Kind, b.Function, b.NativeStack)
	d := Compare(reportOf(a), reportOf(b))
	if len(d.New) != 1 || len(d.Gone) != 1 || len(d.Still) != 0 {
		t.Errorf("another function: %+v", d)
	}
}

func TestWriteDiff(t *testing.T) {
	older, newer := reportOf(built("make"), built("kept")), reportOf(built("kept"), built("fresh"))
	var b strings.Builder
	if err := WriteDiff(&b, older, newer, Compare(older, newer), Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.txt", b.String())
}
