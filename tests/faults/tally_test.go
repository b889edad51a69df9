package faults

import "fmt"

// String is the line that a campaign prints.
func (a tally) String() string {
	return fmt.Sprintf("%d rounds: %d calls, %d stacks, %d reported, %d in the middle of a call (%d of them not reported, %d said to be lost), lost %d, invented %d",
		a.Rounds, a.Made, a.Stacks, a.Reported, a.Open, a.Unsaid, a.Said, a.Lost, a.Invented)
}
