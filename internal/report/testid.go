package report

import "strings"

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
