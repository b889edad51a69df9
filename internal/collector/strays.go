package collector

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// noJournal is the reason for a process that had nowhere to write.
const noJournal = "its journal could not be made: no space, or the session folder is out of its reach"

// ErrNoJournal is the trouble of a session in which a process could not be watched
// because its journal could not be made.
var ErrNoJournal = errors.New("a process could not write a journal")

// maxSpoilt bounds the processes that are named for having no journal. On a full disk
// that is every process: the first ones tell what is wrong.
const maxSpoilt = 1000

// spoil notes a process that said it has no journal, and tells whether that is news.
func (c *Collector) spoil(pid int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.spoilt) >= maxSpoilt || slices.Contains(c.spoilt, pid) {
		return false
	}
	c.spoilt = append(c.spoilt, pid)
	return true
}

// Trouble is what went wrong inside gilwatch while the session ran; nil is nothing.
func (c *Collector) Trouble() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.spoilt) == 0 {
		return nil
	}
	return fmt.Errorf("watching process %d in %s: %w", c.spoilt[0], c.session.Folder, ErrNoJournal)
}

// addSpoilt names the processes without a journal.
func (b *builder) addSpoilt(pids []int) {
	for _, pid := range pids {
		if pid == b.run.Pid {
			b.run.Unwatched = noJournal
			continue
		}
		b.report.Processes = append(b.report.Processes,
			report.Process{PID: pid, Backend: report.BackendShim, Reason: text(noJournal)})
	}
}

// addWithoutHeader names the processes that wrote into another's journal: a vfork child
// in its parent's memory, a forked child that could not make its own.
func (b *builder) addWithoutHeader(j *journal.Journal) {
	for i := range j.Violations {
		pid := int(j.Violations[i].Pid)
		named := slices.ContainsFunc(b.report.Processes, func(p report.Process) bool { return p.PID == pid })
		if named {
			continue
		}
		b.report.Processes = append(b.report.Processes, report.Process{
			PID: pid, PPID: new(int(j.Pid)), Python: text(j.Python), Build: text(string(j.Build)), FreeThreaded: &j.FreeThreaded,
			Backend: report.BackendShim, Watched: true, ModulesWatched: j.ModulesWatched, FunctionsWatched: j.FunctionsWatched,
			Sensors: b.run.Sensors,
		})
	}
}
