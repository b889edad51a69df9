package report

import "fmt"

// maxGapsShown is how many gaps are named; all stand in the JSON report.
const maxGapsShown = 8

// gaps writes what of the watched processes was not covered, each once.
func (t *text) gaps() {
	seen, shown := map[string]bool{}, 0
	for _, p := range t.report.Processes {
		for _, gap := range p.Gaps {
			if seen[gap] {
				continue
			}
			seen[gap] = true
			if shown++; shown <= maxGapsShown {
				t.paragraph("", fmt.Sprintf("gilwatch: not covered in pid %d: ", p.PID), Clean(gap), plain)
			}
		}
	}
	if more := shown - maxGapsShown; more > 0 {
		t.line("gilwatch: not covered: ", plural(more, "more gap", "more gaps"), " in the JSON report")
	}
}
