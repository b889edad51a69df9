package main

import (
	"fmt"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
)

// actions are the values of --on-violation.
var actions = map[string]journal.Action{
	"report": journal.Report, "acquire": journal.Acquire, "stop": journal.Stop, "abort": journal.Abort,
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
