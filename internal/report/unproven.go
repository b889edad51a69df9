package report

import "strings"

// lostWords say that violations were lost, "" when none was.
func lostWords(r *Report) string {
	if r.Summary.Lost == 0 {
		return ""
	}
	return plural(r.Summary.Lost, "violation", "violations") + " lost: known to have happened, and not in the report"
}

// lostFails tells whether what was lost fails the run: nobody can say that it was harmless.
func lostFails(failOn string) bool { return failOn != "never" }

// nothingWatched says why a report without violations proves nothing, "" where it proves
// something. The words are those of the text report's last line.
func nothingWatched(r *Report) string {
	if len(r.Violations) > 0 {
		return ""
	}
	summed := *r
	Summarize(&summed)
	words := newText(&summed, Options{}).watched(&summed, false)
	if !strings.HasPrefix(words, "nothing was watched") {
		return ""
	}
	return words
}
