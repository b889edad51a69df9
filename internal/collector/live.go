package collector

import (
	"io"
	"sync"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Live is where violations are written as they are seen, in short, and how.
type Live struct {
	Out     io.Writer
	Options report.Options
	// Keep tells whether a violation is to be written; nil keeps all.
	Keep func(*report.Violation) bool
}

// maxBacklog bounds the violations that wait to be written: a flood is for the report at the end.
const maxBacklog = 1024

// live writes them behind the back of who listens: finding the names of a large module
// takes longer than a thread should wait.
type live struct {
	announcer
	log     zerolog.Logger
	mu      sync.Mutex
	more    *sync.Cond
	backlog []sight
	closed  bool
	done    sync.WaitGroup
}

func startLive(c *Collector, to *Live) *live {
	l := &live{log: c.log, announcer: announcer{
		moments: &c.moments, resolver: symbols.NewResolver(), out: to.Out, options: to.Options, write: report.WriteGlance,
		keep: to.Keep,
	}}
	l.more = sync.NewCond(&l.mu)
	l.done.Go(l.announceAll)
	return l
}

// add has the violation written soon.
func (l *live) add(s sight) {
	if s.err != nil {
		return // the report at the end says what is missing
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.backlog) >= maxBacklog {
		return
	}
	l.backlog = append(l.backlog, s)
	l.more.Signal()
}

func (l *live) announceAll() {
	for {
		s, ok := l.next()
		if !ok {
			return
		}
		if err := l.announce(s); err != nil {
			l.log.Debug().Err(err).Msg("a violation is not written before the end")
		}
	}
}

// next waits for a violation; ok is false when there will be no more.
func (l *live) next() (s sight, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.backlog) == 0 && !l.closed {
		l.more.Wait()
	}
	if len(l.backlog) == 0 {
		return sight{}, false
	}
	s, l.backlog = l.backlog[0], l.backlog[1:]
	return s, true
}

// close waits until all that was added is written.
func (l *live) close() {
	l.mu.Lock()
	l.closed = true
	l.more.Signal()
	l.mu.Unlock()
	l.done.Wait()
	l.resolver.Close()
}
