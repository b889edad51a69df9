package collector

import (
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/procstat"
)

// sight is a violation that a thread waits with, as it stands in its journal.
type sight struct {
	note      journal.Note
	path      string
	journal   *journal.Journal   // with the violation alone, and all modules if somebody looks
	violation *journal.Violation // nil with err
	root      string             // what stands before the paths of its process
	err       error
}

// see learns of a waiting thread what only can be learnt while it waits, and lets it go on.
// The journal is read once, for all who look.
func (c *Collector) see(n journal.Note) {
	s := sight{note: n, path: n.Path(c.session.Folder)}
	if c.look == nil && c.names == nil {
		s.journal, s.violation, s.err = journal.Peek(s.path, n.Entry)
	} else {
		s.journal, s.violation, s.err = c.follow.of(s.path).At(n.Entry)
	}
	err := s.err
	if err == nil {
		s.root = c.places.translate(s.journal)
		err = c.moments.read(s.journal, s.violation)
	}
	if err != nil {
		c.log.Debug().Err(err).Int32("pid", n.Pid).Msg("not all is known of a violation's moment")
	}
	if c.look != nil {
		c.look(s)
	}
	answer := journal.Act
	if c.names != nil && s.err == nil {
		c.release(s, journal.Names)
		answer = c.answer(s)
	}
	if answer == journal.Act && c.stopped != nil {
		defer c.done.Go(func() { c.tellStop(s) })
	}
	c.release(s, answer)
}

func (c *Collector) release(s sight, answer journal.Answer) {
	if err := journal.Release(s.path, s.note.Entry, answer); err != nil {
		c.log.WithLevel(c.once(&c.unreleased)).Err(err).Msg("a thread waits until its limit")
	}
}

// tellStop tells of the stop that follows once the thread is let go, when the process lies
// still: who continued it before that would have it stop for ever.
func (c *Collector) tellStop(s sight) {
	if s.err != nil {
		c.log.Warn().Err(s.err).Int32("pid", s.note.Pid).Msg("a process stops before a call that cannot be named")
		return
	}
	for range stopChecks {
		if isStopped(int(s.violation.Pid)) {
			break
		}
		time.Sleep(stopCheck)
	}
	c.stopped(Stop{int(s.violation.Pid), int(s.violation.Tid), s.violation.Function})
}

// stopCheck is how often, and stopChecks how many times, a process is looked at that is to stop.
const (
	stopCheck  = 5 * time.Millisecond
	stopChecks = 2000
)

// isStopped tells whether a process lies stopped, traced or not, or has gone.
func isStopped(pid int) bool {
	state := procstat.Read(pid).State()
	return state == "" || strings.ContainsAny(state, "TtZX")
}

// maxFollowed bounds the journals of which the modules are kept. One that was let go is read
// from its start again.
const maxFollowed = 64

// followers are the journals that are read as they grow, by their paths.
type followers map[string]*journal.Follower

func (f *followers) of(path string) *journal.Follower {
	if *f == nil {
		*f = followers{}
	}
	known := (*f)[path]
	if known == nil {
		for other := range *f {
			if len(*f) < maxFollowed {
				break
			}
			delete(*f, other)
		}
		known = journal.Follow(path)
		(*f)[path] = known
	}
	return known
}
