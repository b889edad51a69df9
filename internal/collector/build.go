package collector

import (
	"os"
	"sort"
	"time"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// noInterpreter is the reason for the command itself when none of its processes had an
// interpreter.
const noInterpreter = "no CPython interpreter was loaded in it"

// Build makes the report of what stands in a session's journals. endOf tells how
// processes ended that are not gilwatch's children.
func Build(s *session.Session, run Run, endOf func(pid int) (End, bool), log zerolog.Logger) (*report.Report, error) {
	paths, err := s.Journals()
	if err != nil {
		return nil, err
	}
	b := newBuilder(run, endOf, log)
	defer b.resolver.Close()
	b.describeRun()
	b.addAll(readJournals(paths, log))
	b.addUnwatchedCommand()
	return b.finish(), nil
}

func newBuilder(run Run, endOf func(pid int) (End, bool), log zerolog.Logger) *builder {
	return &builder{report: report.New(run.Version), run: run, endOf: endOf, log: log, resolver: symbols.NewResolver(), modules: map[string]int{}}
}

// finish folds equal violations and adds everything up.
func (b *builder) finish() *report.Report {
	r := b.report
	r.Violations = report.Fold(r.Violations)
	report.Sort(r.Violations)
	report.Summarize(r)
	return r
}

// readJournals reads what can be read, oldest process first.
func readJournals(paths []string, log zerolog.Logger) []*journal.Journal {
	var all []*journal.Journal
	for _, path := range paths {
		j, err := journal.ReadFile(path)
		if err != nil {
			log.Warn().Err(err).Msg("a process is missing in the report")
			continue
		}
		if j.Damage != "" {
			log.Warn().Str("journal", path).Msg(j.Damage)
		}
		all = append(all, j)
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].Started.Before(all[b].Started) })
	return all
}

type builder struct {
	report   *report.Report
	run      Run
	endOf    func(pid int) (End, bool)
	log      zerolog.Logger
	resolver *symbols.Resolver
	seen     bool           // the command's own process has a journal
	modules  map[string]int // path and build id -> index in the report
}

func (b *builder) describeRun() {
	r := &b.report.Run
	r.Command = b.run.Command
	if cwd, err := os.Getwd(); err == nil {
		r.Cwd = &cwd
	}
	if host, err := os.Hostname(); err == nil {
		r.Host = &host
	}
	r.Started, r.Finished = known(b.run.Started), known(b.run.Finished)
	r.ExitCode, r.Signal = b.run.ExitCode, b.run.Signal
}

// addAll adds the journals. A process that has executed another program has one for each;
// it is listed once, as what it was last, unless it violated before.
func (b *builder) addAll(journals []*journal.Journal) {
	last := map[int32]*journal.Journal{}
	for _, j := range journals {
		last[j.Pid] = j
	}
	for _, j := range journals {
		if last[j.Pid] == j || len(j.Violations) > 0 || len(j.Children) > 0 {
			b.add(j)
		}
	}
}

func (b *builder) add(j *journal.Journal) {
	p := b.process(j)
	b.report.Processes = append(b.report.Processes, p)
	b.addModules(j)
	for _, child := range j.Children {
		b.report.Processes = append(b.report.Processes, unwatchedChild(j, child))
	}
	for i := range j.Violations {
		b.report.Violations = append(b.report.Violations, b.violation(j, &j.Violations[i], p))
	}
	b.report.Summary.Lost += j.Lost
	b.log.Debug().Int32("pid", j.Pid).Str("python", j.Python).Str("oracle", string(j.Oracle)).
		Int("slots", j.Slots).Int("foreign", j.SlotsForeign).Int("modules", j.ModulesWatched).Msg("journal")
}

// addUnwatchedCommand names the command when the shim was not in it or found no
// interpreter: "no violations" would say too much.
func (b *builder) addUnwatchedCommand() {
	if b.seen || b.run.Pid == 0 {
		return
	}
	reason := b.run.Unwatched
	if reason == "" {
		reason = noInterpreter
	}
	p := report.Process{
		PID: b.run.Pid, PPID: new(os.Getpid()), Argv: b.run.Command, Backend: report.BackendShim, Reason: &reason,
		Started: known(b.run.Started), Ended: known(b.run.Finished), ExitCode: b.run.ExitCode, Signal: b.run.Signal,
	}
	if b.run.Exe != "" {
		p.Exe = &b.run.Exe
	}
	b.report.Processes = append([]report.Process{p}, b.report.Processes...)
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
