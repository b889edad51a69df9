package main

import (
	"fmt"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/supervise"
	"github.com/gilwatch/gilwatch/internal/target"
)

func TestExitStatus(t *testing.T) {
	for _, c := range []struct {
		name string
		o    outcome
		want int
	}{
		{"success", outcome{errorExit: 66}, 0},
		{"the command failed", outcome{exitCode: 3, errorExit: 66}, 3},
		{"the command ended with 66 itself", outcome{exitCode: 66, errorExit: 1}, 66},
		{"died by SIGSEGV", outcome{exitCode: -1, signal: 11, errorExit: 66}, 139},
		{"violations", outcome{violations: true, errorExit: 66}, 66},
		{"violations, another status", outcome{violations: true, errorExit: 9}, 9},
		{"violations, the command's status is kept", outcome{violations: true, errorExit: 0}, 0},
		{"violations, but the command failed", outcome{violations: true, exitCode: 1, errorExit: 66}, 1},
		{"violations, the fatal one", outcome{violations: true, exitCode: -1, signal: 11, errorExit: 66}, 139},
		{"gilwatch failed", outcome{failed: true, errorExit: 66}, 125},
		{"gilwatch failed, the command as well", outcome{failed: true, exitCode: 1, errorExit: 66}, 125},
		{"gilwatch failed, violations were found", outcome{failed: true, violations: true, errorExit: 66}, 125},
	} {
		if got := exitStatus(c.o); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestStatusOfErrors(t *testing.T) {
	for err, want := range map[error]int{
		target.ErrNotFound:         127,
		supervise.ErrNotFound:      127,
		target.ErrNotExecutable:    126,
		supervise.ErrNotExecutable: 126,
		fmt.Errorf("anything"):     125,
	} {
		if got := statusOf(fmt.Errorf("run: %w", err)); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}

func TestFailing(t *testing.T) {
	for _, c := range []struct {
		severity string
		known    bool
		least    string
		want     bool
	}{
		{"error", false, "error", true},
		{"warning", false, "error", false},
		{"warning", false, "warning", true},
		{"note", false, "warning", false},
		{"note", false, "note", true},
		{"error", false, "never", false},
		{"error", true, "note", false},
		{"of a later version", false, "error", true},
	} {
		r := &report.Report{Violations: []report.Violation{{Severity: c.severity, Known: c.known}}}
		if got := failing(r, c.least); got != c.want {
			t.Errorf("%s, known %v, --fail-on %s: %v", c.severity, c.known, c.least, got)
		}
	}
	none := report.New("")
	if failing(none, "note") {
		t.Error("a report without violations fails")
	}
	none.Summary.Lost = 1
	if !failing(none, "error") || failing(none, "never") {
		t.Error("a lost violation must fail a run, but for --fail-on never")
	}
}
