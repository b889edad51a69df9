package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Rounds is how often what differs is run again on each side.
const Rounds = 6

// pair runs the part on both sides and repeats what differs.
func (r *runner) pair(part Part, keep string) (*Record, error) {
	var first [2]*result
	for _, side := range Sides {
		got, err := r.run(part, side, nil)
		if err != nil {
			return nil, err
		}
		first[side] = got
	}
	record := newRecord(part, first)
	differing := compare(first[Bare].tests, first[Watched].tests)
	if len(differing) == 0 {
		return record, nil
	}
	for _, side := range Sides {
		keepLog(keep, part, side, 0, first[side])
	}
	differences := make([]Difference, len(differing))
	for i, name := range differing {
		differences[i].Test = name
		for _, side := range Sides {
			differences[i].Outcomes[side] = []Outcome{outcome(first[side].tests, name)}
		}
	}
	if err := r.repeat(part, differences, keep); err != nil {
		return nil, err
	}
	record.Differences = differences
	return record, nil
}

// repeat runs the differing tests again, in turns, and judges them. They run alone, if they
// can be named; in the odd rounds, and if they cannot, the whole part runs.
func (r *runner) repeat(part Part, differences []Difference, keep string) error {
	only := selectable(differences)
	for round := 1; round <= Rounds; round++ {
		chosen := only
		if round%3 == 0 {
			chosen = nil
		}
		for _, side := range Sides {
			got, err := r.run(part, side, chosen)
			if err != nil {
				return err
			}
			keepLog(keep, part, side, round, got)
			for i := range differences {
				d := &differences[i]
				if chosen != nil && !slices.Contains(chosen, d.Test) {
					continue
				}
				d.Outcomes[side] = append(d.Outcomes[side], outcome(got.tests, d.Test))
			}
		}
		settled := true
		for i := range differences {
			d := &differences[i]
			d.Verdict = judge(d.Outcomes)
			settled = settled && d.Verdict == Flaky
		}
		if settled {
			return nil
		}
	}
	return nil
}

// selectable returns the differing tests if all of them can be run by name.
func selectable(differences []Difference) []string {
	var names []string
	for _, d := range differences {
		if d.Test == Whole {
			continue // it follows from the others
		}
		if strings.ContainsAny(d.Test, " ():") {
			return nil
		}
		names = append(names, d.Test)
	}
	return names
}

// keepLog keeps what a run printed beside the results, for whoever looks for the cause.
func keepLog(folder string, part Part, side Side, round int, got *result) {
	name := fmt.Sprintf("%s.%s.%d.log", strings.ReplaceAll(part.Name, "/", "_"), side, round)
	_ = os.WriteFile(filepath.Join(folder, name), []byte(got.log), 0o644)
}
