package watch

import (
	"fmt"
	"strings"
)

// manyFunctions is what a watch list exceeds on every version from 3.8 on.
const manyFunctions = 900

// report is the result's report; without one the test ends.
func (r *Result) report(t T) *Report {
	t.Helper()
	if r.Report == nil {
		t.Fatalf("gilwatch wrote no report\n%s", r)
		return new(Report)
	}
	return r.Report
}

// Exit fails if the status is another.
func (r *Result) Exit(t T, want int) {
	t.Helper()
	if r.Status != want {
		t.Errorf("exit status %d, want %d\n%s", r.Status, want, r)
	}
}

// Prints fails if standard output is another.
func (r *Result) Prints(t T, want string) {
	t.Helper()
	if r.Stdout != want {
		t.Errorf("stdout %q, want %q\n%s", r.Stdout, want, r)
	}
}

// Like fails if the output differs from that of bare, the same command without gilwatch.
func (r *Result) Like(t T, bare *Result) {
	t.Helper()
	if r.Stdout != bare.Stdout {
		t.Errorf("stdout differs (- unwatched, + watched):\n%s", difference(bare.Stdout, r.Stdout))
	}
	if r.Stderr != bare.Stderr {
		t.Errorf("stderr differs (- unwatched, + watched):\n%s", difference(bare.Stderr, r.Stderr))
	}
}

// difference lists the lines that only one of two texts has, by their numbers: enough for
// outputs that should be equal.
func difference(left, right string) string {
	var b strings.Builder
	lefts, rights := strings.Split(left, "\n"), strings.Split(right, "\n")
	for i := 0; i < len(lefts) || i < len(rights); i++ {
		if i < len(lefts) && i < len(rights) && lefts[i] == rights[i] {
			continue
		}
		if i < len(lefts) {
			fmt.Fprintf(&b, "%d - %s\n", i+1, lefts[i])
		}
		if i < len(rights) {
			fmt.Fprintf(&b, "%d + %s\n", i+1, rights[i])
		}
	}
	return b.String()
}

// Watched fails unless a process was watched, each with a full watch list, and nothing
// was lost. Without it «no violations» says nothing.
func (r *Result) Watched(t T) {
	t.Helper()
	report := r.report(t)
	if report.Summary.ProcessesWatched == 0 {
		t.Errorf("no process was watched: %s", report.reasons())
	}
	if report.Summary.Lost != 0 {
		t.Errorf("%d violations lost", report.Summary.Lost)
	}
	for _, process := range report.Processes {
		if process.Watched && process.FunctionsWatched <= manyFunctions {
			t.Errorf("pid %d (%s): %d functions watched, want more than %d",
				process.PID, process.Exe, process.FunctionsWatched, manyFunctions)
		}
	}
}

// Clean fails unless the process was watched, ended with 0 and had no violation: what the
// right twin of a wrong fixture must give.
func (r *Result) Clean(t T) {
	t.Helper()
	r.Exit(t, 0)
	r.Watched(t)
	r.None(t)
}

// NothingWatched fails if a process was watched or a violation found.
func (r *Result) NothingWatched(t T) {
	t.Helper()
	report := r.report(t)
	if n := report.Summary.ProcessesWatched; n != 0 {
		t.Errorf("%d processes watched, want 0", n)
	}
	for _, process := range report.Processes {
		if process.Watched {
			t.Errorf("pid %d (%s) is said to be watched", process.PID, process.Exe)
		}
	}
	r.None(t)
}

// reasons lists why processes were not watched.
func (report *Report) reasons() string {
	var reasons []string
	for _, process := range report.Processes {
		if process.Reason != nil {
			reasons = append(reasons, fmt.Sprintf("pid %d (%s): %s", process.PID, process.Exe, *process.Reason))
		}
	}
	if len(reasons) == 0 {
		return "no reason given"
	}
	return strings.Join(reasons, "; ")
}

// String is all that is known, for a failed test's message.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "status %d\nstdout:\n%s\nstderr:\n%s\n", r.Status, r.Stdout, r.Stderr)
	if r.Report == nil {
		return b.String() + "no report"
	}
	for _, violation := range r.Report.Violations {
		fmt.Fprintf(&b, "violation: %s\n", violation)
	}
	fmt.Fprintf(&b, "processes watched: %d (%s)", r.Report.Summary.ProcessesWatched, r.Report.reasons())
	return b.String()
}
