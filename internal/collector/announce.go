package collector

import (
	"io"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// announcer writes violations while the program still runs, each bug once.
type announcer struct {
	run      Run
	moments  *moments
	resolver *symbols.Resolver
	out      io.Writer
	options  report.Options
	write    func(w io.Writer, r *report.Report, i int, o report.Options) error
	shown    report.Shown
	keep     func(*report.Violation) bool // nil: all
}

// announce writes the violation, unless the reader has seen its entry, or did not ask for
// what is only a note.
func (a *announcer) announce(s sight) error {
	r := a.report([]*journal.Journal{s.journal}, s.root)
	for i := range r.Violations {
		v := &r.Violations[i]
		if v.Severity == report.SeverityNote && !a.options.Notes || a.keep != nil && !a.keep(v) || !a.shown.Add(v) {
			continue
		}
		if err := a.write(a.out, r, i, a.options); err != nil {
			return err
		}
	}
	return nil
}

// report is what the journals hold so far; how processes end is not known yet. root stands
// before the paths of their processes.
func (a *announcer) report(journals []*journal.Journal, root string) *report.Report {
	b := newBuilder(a.run, func(*journal.Journal) (End, bool) { return End{}, false }, a.resolver, zerolog.Nop())
	b.moments = a.moments
	for _, j := range journals {
		b.roots[j] = root
	}
	b.addAll(journals)
	return b.finish()
}
