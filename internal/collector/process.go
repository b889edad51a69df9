package collector

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// diedStarting is the reason for a process whose journal was begun and no more.
const diedStarting = "it ended while the shim started in it"

func (b *builder) process(j *journal.Journal) report.Process {
	p := report.Process{
		PID: int(j.Pid), PPID: new(int(j.Ppid)), Exe: text(j.Exe), Argv: j.Argv,
		Python: text(j.Python), Build: text(string(j.Build)), FreeThreaded: &j.FreeThreaded,
		Backend: cmp.Or(j.Backend, report.BackendShim), Watched: j.State == journal.Watching, Gaps: j.Gaps,
		ModulesWatched: j.ModulesWatched, FunctionsWatched: j.FunctionsWatched,
		Started: known(j.Started), Ended: known(j.Ended),
	}
	if p.Watched {
		p.Sensors = b.run.Sensors
	} else {
		p.Reason = text(j.Reason)
		if j.State == journal.Starting {
			p.Reason = new(diedStarting)
		}
	}
	if int(j.Pid) == b.run.Pid {
		b.seen = true
	}
	if int(j.Pid) == b.run.Pid && !b.run.Finished.IsZero() {
		p.ExitCode, p.Signal, p.Ended = b.run.ExitCode, b.run.Signal, known(b.run.Finished)
	} else if end, ok := b.endOf(j); ok {
		p.ExitCode, p.Signal, p.Ended = end.ExitCode, end.Signal, known(end.Ended)
	}
	return p
}

// unwatchedChild is a program that a process started and that cannot take the shim.
func unwatchedChild(c journal.Child) report.Process {
	p := report.Process{PID: int(c.Pid), Exe: text(c.Path), Backend: report.BackendShim, Reason: text(c.Reason)}
	if c.Ppid > 0 {
		p.PPID = new(int(c.Ppid))
	}
	return p
}

// becameUnwatched tells whether a process that did nothing of note went on as a program
// that cannot be watched: it is listed as that.
func becameUnwatched(j *journal.Journal) bool {
	if len(j.Violations) > 0 || !j.Ended.IsZero() {
		return false
	}
	return slices.ContainsFunc(j.Children, func(c journal.Child) bool { return c.Pid == j.Pid })
}

// addChildren names the programs that processes without a journal started.
func (b *builder) addChildren(folder string) {
	children, err := journal.ReadChildren(filepath.Join(folder, journal.ChildrenName))
	if err != nil {
		b.log.Warn().Err(err).Msg("unwatched programs may be missing in the report")
	}
	for _, c := range children {
		b.report.Processes = append(b.report.Processes, unwatchedChild(c))
	}
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
