package shim

import (
	"fmt"
	"strings"
	"testing"
)

// Calls are counted by the test that ran and the thread's own; one that finds no room in a
// full journal is counted in neither, and said to be.
func TestSharesOfTests(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	run(t, of(nil, append([]string{"tests.c", "shim/test.c"}, journalFile...)...).build(t, "tests"), folder)
	j, _ := readJournal(t, folder)
	if len(j.Violations) != 1 {
		t.Fatalf("%d violations, want 1", len(j.Violations))
	}
	var got []string
	for _, s := range j.Violations[0].Shares {
		got = append(got, fmt.Sprintf("%d in %q of %q", s.Count, s.Test, s.Born))
	}
	want := []string{
		`3 in "t.py::a (call)" of ""`, `1 in "t.py::put (call)" of ""`, `1 in "t.py::put (call)" of "t.py::a (call)"`,
		`1 in "" of "t.py::a (call)"`, fmt.Sprintf(`1 in %q of ""`, strings.Repeat("x", 1024)),
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the calls are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if j.Untold != 2 || j.Violations[0].Count != 11 {
		t.Errorf("%d calls are without their test, of %d, want 2 of 11", j.Untold, j.Violations[0].Count)
	}
}
