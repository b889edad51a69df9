// Package suppress keeps violations out of a report by rules that their reader has written
// down: the functions, modules, files, tests and threads that are known and not to be
// reported again.
package suppress

import (
	"github.com/tidwall/match"

	"github.com/gilwatch/gilwatch/internal/report"
)

// Rule is one line of a suppression file: all of its terms must hold.
type Rule struct {
	// Text is the rule as it stands in the file, without a comment.
	Text string
	// File and Line are where it stands; lines count from 1.
	File string
	Line int
	// Builtin says that it came with gilwatch.
	Builtin bool

	terms []term
}

// term is KIND:GLOB.
type term struct {
	kind kind
	glob string
}

// Matches tells whether the rule keeps v out of the report.
func (r *Rule) Matches(v *report.Violation) bool {
	for _, t := range r.terms {
		if !t.kind.holds(v, t.matches) {
			return false
		}
	}
	return len(r.terms) > 0
}

// matches compares s with the glob, in which * stands for any characters and ? for one.
func (t term) matches(s string) bool {
	// The limit bounds what a glob with many stars can cost on a long name.
	matched, _ := match.MatchLimit(s, t.glob, matchLimit)
	return matched
}

const matchLimit = 100_000
