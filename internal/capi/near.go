package capi

import "strings"

const (
	maxDistance = 2  // edits between a misspelled name and the one meant
	maxNear     = 3  // names offered
	maxName     = 64 // bytes; longer than any name of the C API
)

// nearNames gives the symbols of the table that are at most maxDistance edits away from
// a name, not counting case; the nearest first.
func nearNames(name string) []string {
	if len(name) > maxName {
		return nil
	}
	var byDistance [maxDistance + 1][]string
	folded := strings.ToLower(name)
	last := ""
	for _, r := range embedded().rows {
		if r.Symbol == last {
			continue
		}
		last = r.Symbol
		if d := distance(folded, strings.ToLower(r.Symbol)); d <= maxDistance {
			byDistance[d] = append(byDistance[d], r.Symbol)
		}
	}
	var near []string
	for _, names := range byDistance {
		near = append(near, names...)
	}
	return near[:min(len(near), maxNear)]
}

// distance counts the insertions, deletions and substitutions of bytes between two names
// (Levenshtein). It gives maxDistance+1 for names whose lengths alone differ by more.
func distance(a, b string) int {
	if max(len(a)-len(b), len(b)-len(a)) > maxDistance {
		return maxDistance + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
