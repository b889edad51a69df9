// Package suite runs other people's test suites without gilwatch and under it, and compares
// what each test came to. What differs is repeated on both sides, so that a test that
// fails now and then by itself is told from one that gilwatch changes.
package suite

import "time"

// Suite is what is run on one interpreter.
type Suite struct {
	Name  string // "3.12.1-shared"
	Parts []Part
}

// Part is what one process runs on each side, usually one test file: a crash costs the
// results of one part only.
type Part struct {
	Name  string
	Limit time.Duration // of one run; what is left then is killed
	Env   []string      // added to the environment

	// Command is the command that runs the named tests, all for none, and writes a JUnit
	// file. Its working folder is folder, which is empty and its own.
	Command func(folder, junit string, only []string) []string
}

// Side says whether gilwatch stands in front.
type Side int

// The sides.
const (
	Bare Side = iota
	Watched
)

// Sides are both, in the order of the columns.
var Sides = [...]Side{Bare, Watched}

func (s Side) String() string {
	if s == Watched {
		return "watched"
	}
	return "bare"
}

// Outcome is what a test came to: "pass", "fail", "error", "skip", "expected failure",
// "unexpected success"; "absent" for a test that the other side had; for a whole part the
// end of its process.
type Outcome string

// Absent is the outcome of a test that did not run on this side.
const Absent Outcome = "absent"

// Whole names, among a part's tests, the part's process: its outcome is how it ended.
const Whole = "(process)"
