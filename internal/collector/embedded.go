package collector

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Embedded is the collector inside a watched process, for a program that no `gilwatch
// run` stands in front of. It writes each new violation at once: the call that follows
// may be the process's last. A forked child rings the same bell.
type Embedded struct {
	collector *Collector
	out       io.Writer
	mu        sync.Mutex
	heard     map[string]bool // journals that reported a violation
	shown     map[string]bool // violation ids
}

// StartEmbedded listens on the session's bell and writes what it hears to out.
func StartEmbedded(s *session.Session, out io.Writer) (*Embedded, error) {
	e := &Embedded{out: out, heard: map[string]bool{}, shown: map[string]bool{}}
	c, err := start(s, zerolog.Nop(), nil, e.show)
	if err != nil {
		return nil, err
	}
	e.collector = c
	return e, nil
}

// show writes the violation that a thread waits with, unless an equal one was written.
func (e *Embedded) show(n journal.Note) {
	path := n.Path(e.collector.session.Folder)
	j, err := journal.ReadFile(path)
	if err != nil {
		fmt.Fprintf(e.out, "gilwatch: error: %v\n", err)
		return
	}
	j.Violations = slices.DeleteFunc(j.Violations, func(v journal.Violation) bool { return v.Offset != n.Entry })
	r := e.report([]*journal.Journal{j})
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard[path] = true
	for i := range r.Violations {
		if v := &r.Violations[i]; !e.shown[v.ID] && v.Severity != report.SeverityNote {
			e.shown[v.ID] = true
			_ = report.WriteViolation(e.out, r, i, report.Options{})
		}
	}
}

func (e *Embedded) report(journals []*journal.Journal) *report.Report {
	b := newBuilder(Run{Command: os.Args}, func(*journal.Journal) (End, bool) { return End{}, false }, symbols.NewLocalResolver(), zerolog.Nop())
	b.python = &e.collector.python
	defer b.resolver.Close()
	b.addAll(journals)
	return b.finish()
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
	_ = report.WriteTotals(e.out, e.report(journals), report.Options{})
}
