package collector

import (
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// diedStarting is the reason for a process whose journal was begun and no more.
const diedStarting = "it ended while the shim started in it"

func (b *builder) process(j *journal.Journal) report.Process {
	p := report.Process{
		PID: int(j.Pid), PPID: new(int(j.Ppid)), Exe: text(j.Exe), Argv: j.Argv,
		Python: text(j.Python), Build: text(string(j.Build)), FreeThreaded: &j.FreeThreaded,
		Backend: report.BackendShim, Watched: j.State == journal.Watching,
		ModulesWatched: j.ModulesWatched, FunctionsWatched: j.FunctionsWatched,
		Started: known(j.Started), Ended: known(j.Ended),
	}
	if !p.Watched {
		p.Reason = text(j.Reason)
		if j.State == journal.Starting {
			p.Reason = new(diedStarting)
		}
	}
	if int(j.Pid) == b.run.Pid {
		b.seen = true
		p.ExitCode, p.Signal, p.Ended = b.run.ExitCode, b.run.Signal, known(b.run.Finished)
	} else if end, ok := b.endOf(j); ok {
		p.ExitCode, p.Signal, p.Ended = end.ExitCode, end.Signal, known(end.Ended)
	}
	return p
}

// unwatchedChild is a program that a watched process started and that cannot take the
// shim.
func unwatchedChild(parent *journal.Journal, c journal.Child) report.Process {
	p := report.Process{
		PPID: new(int(parent.Pid)), Exe: text(c.Path), Backend: report.BackendShim, Reason: text(c.Reason),
	}
	p.PID = int(c.Pid)
	return p
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
