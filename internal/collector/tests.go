package collector

import (
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// byTest splits a violation into its calls in each test, and those in none: a rule may keep
// out what one test did alone. Folded again they are the whole.
func byTest(whole report.Violation, shares []journal.Share, cwd *string) []report.Violation {
	if len(shares) == 0 {
		if test := unittestIn(whole.PythonStack, cwd); test != "" {
			whole.Tests = []string{test}
		}
		return []report.Violation{whole}
	}
	var parts []report.Violation
	rest, last := whole.Count, -1
	for _, s := range shares {
		if rest == 0 {
			break // a journal that was scribbled over
		}
		part := whole
		part.Count = min(s.Count, rest)
		rest -= part.Count
		part.Tests, part.Outlived = testsOf(s)
		part.FirstSeen, part.LastSeen = held(whole, s.First), held(whole, s.Last)
		part.Fatal = false
		if last < 0 || s.Last.After(shares[last].Last) {
			last = len(parts)
		}
		parts = append(parts, part)
	}
	parts[last].Fatal = whole.Fatal // the call that the process died in was the last one
	if rest > 0 {
		whole.Count, whole.Fatal = rest, false
		parts = append(parts, whole)
	}
	return parts
}

// testsOf is the test that a share is counted to: the thread's own if that had ended, else the
// one that ran. The phases of a test are the same test.
func testsOf(s journal.Share) ([]string, []report.Outlived) {
	born, _ := report.SplitTest(s.Born)
	ran, _ := report.SplitTest(s.Test)
	if born == "" || born == ran {
		return []string{s.Test}, nil
	}
	outlived := report.Outlived{Test: s.Born}
	if s.Test != "" {
		outlived.During = []string{s.Test}
	}
	return []string{s.Born}, []report.Outlived{outlived}
}

// held is a time of the coarse clock, which lags, held between the violation's ends.
func held(v report.Violation, t time.Time) *time.Time {
	if v.FirstSeen != nil && t.Before(*v.FirstSeen) {
		return v.FirstSeen
	}
	if v.LastSeen != nil && t.After(*v.LastSeen) {
		return v.LastSeen
	}
	return known(t)
}
