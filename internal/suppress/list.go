package suppress

import (
	"slices"

	"github.com/gilwatch/gilwatch/internal/report"
)

// List is a set of rules with what each has kept out of a report.
type List struct {
	rules []*counted
}

type counted struct {
	*Rule
	calls uint64
	used  bool
}

// New returns a list of the rules. The first one that matches counts.
func New(rules ...[]*Rule) *List {
	l := &List{}
	for _, some := range rules {
		for _, r := range some {
			l.rules = append(l.rules, &counted{Rule: r})
		}
	}
	return l
}

// Suppresses tells whether a rule keeps v out of the report, and counts its calls to that rule.
func (l *List) Suppresses(v *report.Violation) bool {
	for _, r := range l.rules {
		if r.Matches(v) {
			r.used = true
			r.calls += v.Count
			return true
		}
	}
	return false
}

// Matches tells whether a rule keeps v out of the report, and counts nothing.
func (l *List) Matches(v *report.Violation) bool {
	return slices.ContainsFunc(l.rules, func(r *counted) bool { return r.Matches(v) })
}

// Suppressed are the rules that kept something out, each with the number of calls.
func (l *List) Suppressed() []report.Suppressed {
	var used []report.Suppressed
	for _, r := range l.rules {
		if r.used {
			used = append(used, report.Suppressed{Rule: r.Text, Count: r.calls})
		}
	}
	return used
}

// Unused are the rules that matched nothing. Those that came with gilwatch are not among
// them: they are for packages that most programs don't use.
func (l *List) Unused() []*Rule {
	var unused []*Rule
	for _, r := range l.rules {
		if !r.used && !r.Builtin {
			unused = append(unused, r.Rule)
		}
	}
	return unused
}
