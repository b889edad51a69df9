package report

import (
	"slices"
	"strings"
)

// Outlived says that threads which were made in a test went on after it and violated then.
type Outlived struct {
	// Test is the test that they were made in.
	Test string `json:"test"`
	// During are the tests that ran meanwhile; none: no test did.
	During []string `json:"during"`
}

// testPhases are the phases that pytest names behind a test's id.
var testPhases = []string{"setup", "call", "teardown"}

// SplitTest splits what pytest says of the running test, "file.py::test[x] (call)", into the
// test's id and the phase; the phase is "" when none is named.
func SplitTest(test string) (id, phase string) {
	for _, phase := range testPhases {
		if id, ok := strings.CutSuffix(test, " ("+phase+")"); ok {
			return id, phase
		}
	}
	return test, ""
}

// uniteOutlived unites by test what is in either list.
func uniteOutlived(a, b []Outlived) []Outlived {
	united := make([]Outlived, 0, len(a)+len(b))
	index := map[string]int{}
	for _, o := range slices.Concat(a, b) {
		i, seen := index[o.Test]
		if !seen {
			i = len(united)
			index[o.Test] = i
			united = append(united, Outlived{Test: o.Test})
		}
		united[i].During = union(united[i].During, o.During)
	}
	return united
}

// testLines are the tests of v in clean lines for people, at most maxTestsShown and one that
// counts the rest.
func testLines(v *Violation) []string {
	var lines []string
	marks := testMarks(v)
	for i, test := range v.Tests {
		if i == maxTestsShown {
			return append(lines, "… "+plural(len(v.Tests)-i, "more test", "more tests"))
		}
		lines = append(lines, "test: "+fit(Clean(test), maxMachineName)+marks[test])
	}
	return lines
}

// markedTests are all tests of v, clean.
func markedTests(v *Violation) []string {
	tests, marks := make([]string, len(v.Tests)), testMarks(v)
	for i, test := range v.Tests {
		tests[i] = Clean(test) + marks[test]
	}
	return tests
}

// testMarks are what stands behind the tests of v whose threads went on.
func testMarks(v *Violation) map[string]string {
	marks := make(map[string]string, len(v.Outlived))
	for i := range v.Outlived {
		marks[v.Outlived[i].Test] = ", " + goneOn(&v.Outlived[i])
	}
	return marks
}

// goneOn says of a test that its threads went on.
func goneOn(o *Outlived) string {
	switch len(o.During) {
	case 0:
		return "in a thread of it that went on after its end"
	case 1:
		return "in a thread of it that went on while " + fit(Clean(o.During[0]), maxMachineName) + " ran"
	default:
		return "in a thread of it that went on while " + fit(Clean(o.During[0]), maxMachineName) + " and " + number(len(o.During)-1) + " more ran"
	}
}
