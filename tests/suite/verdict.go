package suite

import (
	"fmt"
	"sort"
	"strings"
)

// Verdict is what repeating a differing test told.
type Verdict string

const (
	// Differs: gilwatch changed the outcome, or nothing tells that it did not.
	Differs Verdict = "differs"
	// Flaky: without gilwatch the test came to the same outcomes.
	Flaky Verdict = "flaky without gilwatch too"
	// Once: all repetitions, on both sides, came to one and the same outcome.
	Once Verdict = "not seen again"
)

// Difference is a test that came to different outcomes.
type Difference struct {
	Test     string
	Outcomes [2][]Outcome // of each side, in the order of the runs
	Verdict  Verdict
}

// String is the difference with a count for each outcome.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %s: bare %s | watched %s", d.Test, d.Verdict, tally(d.Outcomes[Bare]), tally(d.Outcomes[Watched]))
}

// tally counts outcomes: "pass 5, fail 1".
func tally(outcomes []Outcome) string {
	counts := count(outcomes)
	var names []string
	for name := range counts {
		names = append(names, string(name))
	}
	sort.Strings(names)
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s %d", name, counts[Outcome(name)]))
	}
	return strings.Join(parts, ", ")
}

func count(outcomes []Outcome) map[Outcome]int {
	counts := map[Outcome]int{}
	for _, outcome := range outcomes {
		counts[outcome]++
	}
	return counts
}

// compare returns the names of the tests that came to different outcomes.
func compare(bare, watched map[string]Outcome) []string {
	var names []string
	for name := range bare {
		if outcome(watched, name) != bare[name] {
			names = append(names, name)
		}
	}
	for name := range watched {
		if _, known := bare[name]; !known {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

func outcome(tests map[string]Outcome, name string) Outcome {
	if outcome, known := tests[name]; known {
		return outcome
	}
	return Absent
}

// judge tells what the outcomes say, those of the first run first.
func judge(outcomes [2][]Outcome) Verdict {
	bare, watched := count(outcomes[Bare]), count(outcomes[Watched])
	covered := true
	for outcome := range watched {
		covered = covered && bare[outcome] > 0
	}
	if covered && len(outcomes[Bare]) > 1 {
		return Flaky
	}
	if len(outcomes[Bare]) < 2 || len(outcomes[Watched]) < 2 {
		return Differs
	}
	again := count(append(append([]Outcome{}, outcomes[Bare][1:]...), outcomes[Watched][1:]...))
	if len(again) == 1 {
		return Once
	}
	return Differs
}
