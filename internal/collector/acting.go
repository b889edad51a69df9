package collector

import (
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Acting is for a session whose processes stop or abort at a violation.
type Acting struct {
	// Spares tells whether a process goes on all the same, because the user knows of all
	// that r has; nil spares nothing.
	Spares func(r *report.Report) bool
	// Stopped is called when a process has stopped; it may be nil.
	Stopped func(Stop)
}

// Stop is a violation before which a process has stopped.
type Stop struct {
	Pid, Tid int
	Function string
}

// act has acting asked from now on; it may be nil.
func (c *Collector) act(acting *Acting) {
	if acting == nil {
		return
	}
	if c.session.Action() == journal.Stop {
		c.stopped = acting.Stopped
	}
	if c.spares = acting.Spares; c.spares != nil {
		c.names = &announcer{moments: &c.moments, resolver: symbols.NewResolver()}
	}
}

// answer is what the thread that waits with a violation is told. Rules and baselines go by the
// names of what it passed.
func (c *Collector) answer(s sight) journal.Answer {
	if r := c.names.report([]*journal.Journal{s.journal}, s.root); len(r.Violations) > 0 && c.spares(r) {
		return journal.Spare
	}
	return journal.Act
}
