package report

import (
	"strings"
	"testing"
)

// Gaps are named once, cleaned, and not all of them.
func TestGaps(t *testing.T) {
	r := New("test")
	r.Processes = []Process{
		{PID: 7, Watched: true, Gaps: []string{"a.so is \x1b[31mnot watched"}},
		{PID: 8, Watched: true, Gaps: []string{"a.so is \x1b[31mnot watched", "b", "c", "d", "e", "f", "g", "h", "i", "j"}},
	}
	var b strings.Builder
	if err := writeText(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if strings.Count(got, "a.so is") != 1 || !strings.Contains(got, "not covered in pid 7: a.so") || strings.Contains(got, "\x1b") ||
		!strings.Contains(got, "in pid 8: h\n") || strings.Contains(got, ": i\n") || !strings.Contains(got, "2 more gaps") {
		t.Error(got)
	}
	b.Reset()
	r.Processes = []Process{{PID: 7, Watched: true}}
	if err := writeText(&b, r, Options{}); err != nil || strings.Contains(b.String(), "not covered") {
		t.Error(b.String(), err)
	}
}
