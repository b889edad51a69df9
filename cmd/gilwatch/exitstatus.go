package main

import "github.com/gilwatch/gilwatch/internal/report"

// Exit statuses of gilwatch that are not the command's. 125 to 127 are those of
// env(1) and timeout(1).
const (
	exitFailed        = 125 // gilwatch itself failed
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignal        = 128 // plus the number of the signal that the command died by
	exitViolations    = 66  // default of --error-exitcode
)

// outcome is what the exit status of a run is made from.
type outcome struct {
	failed     bool // gilwatch could not do its part
	exitCode   int  // the command's, if signal is 0
	signal     int  // that the command died by
	violations bool // there are some that make a run fail
	errorExit  int  // --error-exitcode; 0 keeps the command's
}

// exitStatus is the exit status contract: gilwatch's own failure first, since
// nothing else can be relied on then; then the command's; and only where that is
// success, the violations.
func exitStatus(o outcome) int {
	switch {
	case o.failed:
		return exitFailed
	case o.signal != 0:
		return exitSignal + o.signal
	case o.exitCode != 0:
		return o.exitCode
	case o.violations:
		return o.errorExit
	}
	return 0
}

// statusOf is the status of a command line that did not come to run a command.
func statusOf(err error) int {
	switch {
	case isNotFound(err):
		return exitNotFound
	case isNotExecutable(err):
		return exitNotExecutable
	}
	return exitFailed
}

// failNever is the value of --fail-on that lets no violation fail a run.
const failNever = "never"

// failOn are the values of --fail-on, and how many of the severities, from the
// gravest on, make a run fail.
var failOn = map[string]int{failNever: 0, report.SeverityError: 1, report.SeverityWarning: 2, report.SeverityNote: 3}

// failing reports whether a report makes a run fail at the least severity. What is
// known from a baseline does not; what was lost does, since nobody can say it was
// harmless, and a severity of no known name counts as error.
func failing(r *report.Report, least string) bool {
	limit := failOn[least]
	if limit == 0 {
		return false
	}
	for _, v := range r.Violations {
		rank, known := failOn[v.Severity]
		if !known || rank == 0 {
			rank = 1
		}
		if !v.Known && rank <= limit {
			return true
		}
	}
	return r.Summary.Lost > 0
}
