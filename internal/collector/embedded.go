package collector

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Embedded is the collector inside a watched process, for a program that no `gilwatch
// run` stands in front of. It writes each new violation at once and in full: the call that
// follows may be the process's last. A forked child rings the same bell.
type Embedded struct {
	announcer
	collector *Collector
	heard     map[string]bool // journals that reported a violation
}

// StartEmbedded listens on the session's bell and writes what it hears to out.
func StartEmbedded(s *session.Session, out io.Writer) (*Embedded, error) {
	c, err := openBell(s, zerolog.Nop())
	if err != nil {
		return nil, err
	}
	e := &Embedded{collector: c, heard: map[string]bool{}, announcer: announcer{
		run: Run{Command: os.Args}, moments: &c.moments, resolver: symbols.NewLocalResolver(), out: out, write: report.WriteViolation,
	}}
	c.look = e.show
	c.start()
	return e, nil
}

// show writes the violation that a thread waits with, unless an equal one was written.
func (e *Embedded) show(s sight) {
	switch {
	case errors.Is(s.err, journal.ErrNoViolation): // the bell was rung by somebody else
	case s.err != nil:
		fmt.Fprintf(e.out, "gilwatch: error: %v\n", s.err)
	default:
		e.heard[s.path] = true
		_ = e.announce(s)
	}
}

// Finish writes the totals of the processes that were heard. It does so on a thread of Go's,
// where SIGPIPE is blocked: the caller's may die of a stderr that nobody reads.
func (e *Embedded) Finish() {
	var done sync.WaitGroup
	done.Go(e.finish)
	done.Wait()
}

func (e *Embedded) finish() {
	e.collector.Close()
	var journals []*journal.Journal
	for path := range e.heard {
		if j, err := journal.ReadFile(path); err == nil {
			journals = append(journals, j)
		}
	}
	_ = report.WriteTotals(e.out, e.report(journals, ""), report.Options{})
	e.resolver.Close()
}
