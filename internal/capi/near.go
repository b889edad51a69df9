package capi

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

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
		if d := levenshtein.ComputeDistance(folded, strings.ToLower(r.Symbol)); d <= maxDistance {
			byDistance[d] = append(byDistance[d], r.Symbol)
		}
	}
	var near []string
	for _, names := range byDistance {
		near = append(near, names...)
	}
	return near[:min(len(near), maxNear)]
}
