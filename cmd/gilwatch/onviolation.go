package main

import (
	"fmt"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// actions are the values of --on-violation.
var actions = map[string]journal.Action{
	"report": journal.Report, "acquire": journal.Acquire, "stop": journal.Stop, "abort": journal.Abort,
}

// acting spares processes that violate in a way which the report would not count.
func (a *app) acting(flags *runFlags, known *known) *collector.Acting {
	return &collector.Acting{
		Spares:  func(r *report.Report) bool { return known.knows(r, flags.notes) },
		Stopped: a.announceStop,
	}
}

// announceStop says which process stops, and how to look at it and to go on.
func (a *app) announceStop(s collector.Stop) {
	where := fmt.Sprintf("process %d", s.Pid)
	if s.Tid != s.Pid {
		where += fmt.Sprintf(", thread %d", s.Tid)
	}
	fmt.Fprintf(a.stderr, "gilwatch: stopped before a violating call of %s: %s\n", s.Function, where)
	fmt.Fprintf(a.stderr, "gilwatch: hint: to look: gdb -p %d    to go on: kill -CONT %d\n", s.Pid, s.Pid)
}
