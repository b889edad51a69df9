package watch

import (
	"fmt"
	"strings"
)

// T is the part of testing.TB that the assertions need; their own tests give another.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Want describes one violation. The zero value of a field stands for what is most common;
// where it says so, for any.
type Want struct {
	Function string
	Kind     string // "gil-not-held" if ""
	Severity string // "error" if ""
	Module   string // file name of the calling module; any if ""
	Count    int    // 1 if 0, any if Any
	PID      int    // any if 0
	Sensor   string // any if ""
	Fatal    bool
	TailCall bool
}

// Any is the count of a violation whose number of calls is not the fixture's to say.
const Any = -1

// Only fails unless exactly the wanted violations are in the report, and returns those, in
// the order of wants. Nothing may be lost.
func (r *Result) Only(t T, wants ...Want) []Violation {
	t.Helper()
	report := r.report(t)
	if report.Summary.Lost != 0 {
		t.Errorf("%d violations lost", report.Summary.Lost)
	}
	left := append([]Violation(nil), report.Violations...)
	var matched []Violation
	for _, want := range wants {
		at := indexOf(left, want.Function)
		if at < 0 {
			t.Fatalf("no violation of %s\n%s", want.Function, r)
			return nil
		}
		for _, fault := range want.faults(left[at]) {
			t.Errorf("%s: %s", want.Function, fault)
		}
		matched = append(matched, left[at])
		left = append(left[:at], left[at+1:]...)
	}
	for _, violation := range left {
		t.Errorf("a violation too many: %s", violation)
	}
	return matched
}

// None fails if the report has a violation of any severity, or lost one.
func (r *Result) None(t T) {
	t.Helper()
	r.Only(t)
	if s := r.report(t).Summary; s.Errors+s.Warnings+s.Notes+s.Occurrences != 0 {
		t.Errorf("summary: %d errors, %d warnings, %d notes, %d occurrences, want none",
			s.Errors, s.Warnings, s.Notes, s.Occurrences)
	}
}

// indexOf returns the place of the first violation of function, or -1.
func indexOf(violations []Violation, function string) int {
	for i, violation := range violations {
		if violation.Function == function {
			return i
		}
	}
	return -1
}

// faults lists in what the violation differs.
func (w Want) faults(v Violation) []string {
	var faults []string
	differs := func(field string, got, want any) {
		if got != want {
			faults = append(faults, fmt.Sprintf("%s is %v, want %v", field, got, want))
		}
	}
	differs("kind", v.Kind, or(w.Kind, "gil-not-held"))
	differs("severity", v.Severity, or(w.Severity, "error"))
	if w.Count != Any {
		differs("count", v.Count, or(w.Count, 1))
	}
	differs("fatal", v.Fatal, w.Fatal)
	differs("tail_call", v.TailCall, w.TailCall)
	if w.Sensor != "" {
		differs("sensor", v.Sensor, w.Sensor)
	}
	if w.PID != 0 {
		differs("pid", v.PID, w.PID)
	}
	if w.Module != "" && (len(v.NativeStack) == 0 || !v.NativeStack[0].In(w.Module)) {
		faults = append(faults, fmt.Sprintf("not called from %s: %s", w.Module, stack(v.NativeStack)))
	}
	return faults
}

// or returns value, or fallback for the zero value.
func or[V comparable](value, fallback V) V {
	var zero V
	if value == zero {
		return fallback
	}
	return value
}

// String is one line about the violation.
func (v Violation) String() string {
	return fmt.Sprintf("%s %s %s, %d times, fatal %v, tail_call %v: %s",
		v.Severity, v.Kind, v.Function, v.Count, v.Fatal, v.TailCall, stack(v.NativeStack))
}

// stack writes frames in one line, innermost first.
func stack(frames []Frame) string {
	var names []string
	for _, frame := range frames {
		names = append(names, frame.String())
	}
	return strings.Join(names, " < ")
}
