package report

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

func readJUnit(t *testing.T, r *Report, o Options) junit.Testsuites {
	t.Helper()
	var suites junit.Testsuites
	if err := xml.Unmarshal([]byte(render(t, "junit", r, o)), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Skipped != 0 {
		t.Error("testsuites has the attribute skipped, which junit-10.xsd does not know")
	}
	for _, suite := range suites.Suites {
		suites.Skipped += suite.Skipped
	}
	return suites
}

// TestJUnit checks which case each violation becomes: failed, skipped as known, passed.
func TestJUnit(t *testing.T) {
	suites := readJUnit(t, sample(), Options{Notes: true})
	if suites.Tests != 3 || suites.Failures != 1 || suites.Skipped != 1 || len(suites.Suites) != 3 {
		t.Fatalf("%d tests, %d failures, %d skipped in %d suites", suites.Tests, suites.Failures, suites.Skipped, len(suites.Suites))
	}
	fatal := suites.Suites[0]
	if fatal.Name != "test_resample.py::test_divide[float32] (call)" || fatal.Timestamp != "2026-03-01T12:00:00" {
		t.Errorf("the first suite is %q of %s", fatal.Name, fatal.Timestamp)
	}
	c := fatal.Testcases[0]
	if c.Failure == nil || c.Failure.Type != KindGILNotHeld || !strings.Contains(c.Failure.Data, "released by PyEval_SaveThread at") ||
		!strings.Contains(c.Failure.Message, "the process died in this call (SIGSEGV)") || c.Classname != "soxr_ext" {
		t.Errorf("got %+v", c)
	}
	if c := suites.Suites[2].Testcases[0]; c.SystemOut == nil || c.Failure != nil {
		t.Errorf("a note does not pass: %+v", c)
	}
}

// TestJUnitFailOn checks that what fails the run fails here, and nothing else.
func TestJUnitFailOn(t *testing.T) {
	for failOn, want := range map[string]int{"": 1, "error": 1, "warning": 1, "note": 2, "never": 0} {
		if got := readJUnit(t, sample(), Options{Notes: true, FailOn: failOn}).Failures; got != want {
			t.Errorf("%q: %d failures, want %d", failOn, got, want)
		}
	}
}

// TestJUnitClean checks that a clean run is one case that passed.
func TestJUnitClean(t *testing.T) {
	if suites := readJUnit(t, clean(), Options{}); suites.Tests != 1 || suites.Failures+suites.Errors+suites.Skipped != 0 {
		t.Errorf("got %+v", suites)
	}
}

// TestJUnitUnproven checks that nothing passes as "no violations" where that is not known, and
// its twins.
func TestJUnitUnproven(t *testing.T) {
	lost, notes, unwatched := clean(), clean(), New("1")
	lost.Summary.Lost = 2
	notes.Violations = []Violation{noteViolation()}
	fatal := clean()
	fatal.Violations, fatal.Summary.Lost = []Violation{fatalViolation()}, 1
	for _, c := range []struct {
		name                           string
		r                              *Report
		o                              Options
		tests, errors, skipped, failed int
		last, words                    string
	}{
		{"clean", clean(), Options{}, 1, 0, 0, 0, "no violations", ""},
		{"lost", lost, Options{}, 1, 1, 0, 0, "violations lost", "2 violations lost: known to have happened, and not in the report"},
		{"lost, but nothing fails", lost, Options{FailOn: "never"}, 1, 0, 0, 0, "violations lost", "2 violations lost"},
		{"lost, and more found", fatal, Options{}, 2, 1, 0, 1, "violations lost", "1 violation lost"},
		{"nothing watched", unwatched, Options{}, 1, 0, 1, 0, "nothing was watched", "nothing was watched: no Python process was seen"},
		{"notes", notes, Options{}, 1, 0, 0, 0, "1 note (--notes)", ""},
		{"notes that fail", notes, Options{Notes: true, FailOn: SeverityNote}, 1, 0, 0, 1, "PyCallable_Check", "PyCallable_Check"},
		{"notes that fail, not listed", notes, Options{FailOn: SeverityNote}, 1, 0, 0, 1, "notes", "1 note failed the run: --notes lists them"},
	} {
		suites := readJUnit(t, c.r, c.o)
		if suites.Tests != c.tests || suites.Errors != c.errors || suites.Skipped != c.skipped || suites.Failures != c.failed {
			t.Errorf("%s: %d tests, %d errors, %d skipped, %d failures", c.name, suites.Tests, suites.Errors, suites.Skipped, suites.Failures)
			continue
		}
		cases := suites.Suites[len(suites.Suites)-1].Testcases
		if last := cases[len(cases)-1]; !strings.HasPrefix(last.Name, c.last) || !strings.Contains(wordsOf(last), c.words) {
			t.Errorf("%s: %q says %q", c.name, last.Name, wordsOf(last))
		}
	}
}

// wordsOf is what a case says, whatever became of it.
func wordsOf(c junit.Testcase) string {
	var words string
	for _, result := range []*junit.Result{c.Error, c.Failure, c.Skipped} {
		if result != nil {
			words += result.Message
		}
	}
	if c.SystemOut != nil {
		words += c.SystemOut.Data
	}
	return words
}
