package collector

import (
	"cmp"
	"os"
	"sort"
	"time"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/internal/source"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// noInterpreter is the reason for the command itself when none of its processes had an
// interpreter.
const noInterpreter = "no CPython interpreter was loaded in it"

// Build makes the report of what stands in a session's journals. endOf tells how
// processes ended that are not gilwatch's children.
func Build(s *session.Session, run Run, endOf func(pid int) (End, bool), log zerolog.Logger) (*report.Report, error) {
	return build(s, run, func(j *journal.Journal) (End, bool) { return endOf(int(j.Pid)) }, nil, nil, nil, log)
}

// endOf tells how the process that wrote a journal ended, if that was seen.
type endOf func(j *journal.Journal) (End, bool)

func build(s *session.Session, run Run, endOf endOf, spoilt []int, moments *moments, places *places, log zerolog.Logger) (*report.Report, error) {
	paths, err := s.Journals()
	if err != nil {
		return nil, err
	}
	b := newBuilder(run, endOf, symbols.NewResolver(), log)
	b.moments = moments
	defer b.resolver.Close()
	b.describeRun()
	journals := readJournals(paths, log)
	for _, j := range journals {
		b.roots[j] = places.translate(j)
	}
	b.addAll(journals)
	b.addSpoilt(spoilt)
	b.addChildren(s.Folder)
	b.addUnwatchedCommand()
	b.addRunning()
	return b.finish(), nil
}

func newBuilder(run Run, endOf endOf, resolver *symbols.Resolver, log zerolog.Logger) *builder {
	return &builder{
		report: report.New(run.Version), run: run, endOf: endOf, log: log, resolver: resolver, modules: map[string]int{},
		roots: map[*journal.Journal]string{}, named: map[address][]report.Frame{}, explained: map[string]bool{},
	}
}

// finish folds equal violations and adds everything up.
func (b *builder) finish() *report.Report {
	r := b.report
	r.Violations = report.Fold(r.Violations)
	report.TellApart(r.Violations)
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
	endOf    endOf
	log      zerolog.Logger
	resolver *symbols.Resolver
	source   source.Reader
	moments  *moments                    // nil: none were read
	seen     bool                        // the command's own process has a journal
	modules  map[string]int              // path and build id -> index in the report
	roots    map[*journal.Journal]string // what stands before the paths of its process
	named    map[address][]report.Frame
	// explained are the keys of the violations that have what only the first of a fold needs.
	explained map[string]bool
	folded    int // violations that there were after the last fold
}

func (b *builder) describeRun() {
	r := &b.report.Run
	r.Command = b.run.Command
	if cwd, err := os.Getwd(); b.run.Cwd != "" {
		r.Cwd = &b.run.Cwd
	} else if err == nil {
		r.Cwd = &cwd
	}
	if host, err := os.Hostname(); err == nil {
		r.Host = &host
	}
	r.Started, r.Finished = known(b.run.Started), known(b.run.Finished)
	r.ExitCode, r.Signal = b.run.ExitCode, b.run.Signal
}

// addAll adds the journals, oldest first. A process that has executed another program has
// one for each; it is listed once, as what it was last, unless it violated before.
func (b *builder) addAll(journals []*journal.Journal) {
	next := map[int32]*journal.Journal{}
	last := make([]bool, len(journals))
	for i := len(journals) - 1; i >= 0; i-- {
		j := journals[i]
		last[i] = !b.executed(j, next[j.Pid])
		next[j.Pid] = j
	}
	for i, j := range journals {
		if last[i] || len(j.Violations) > 0 || len(j.Children) > 0 {
			b.add(j, last[i])
		}
	}
	for _, j := range journals {
		b.addWithoutHeader(j)
	}
}

// executed tells whether the process of a journal went on as that of the next one with the
// same pid. A process that ended did not: its number was used again.
func (b *builder) executed(j, next *journal.Journal) bool {
	if next == nil || !j.Ended.IsZero() {
		return false
	}
	end, _ := b.endOf(j)
	other, _ := b.endOf(next)
	return end.process == 0 || other.process == 0 || end.process == other.process
}

// add adds a process and what it did. `last`: it executed no other program afterwards, so
// that its end is that of what stands in this journal.
func (b *builder) add(j *journal.Journal, last bool) {
	p := b.process(j)
	if !becameUnwatched(j) {
		b.report.Processes = append(b.report.Processes, p)
		b.addModules(j)
	}
	for _, child := range j.Children {
		b.report.Processes = append(b.report.Processes, unwatchedChild(child))
	}
	fatal := uint64(0)
	if last {
		fatal = fatalEntry(j, p)
	}
	for i := range j.Violations {
		v := b.violation(j, &j.Violations[i], fatal)
		for _, part := range byTest(v, j.Violations[i].Shares, b.report.Run.Cwd) {
			if b.run.Keep == nil || b.run.Keep(&part) {
				b.report.Violations = append(b.report.Violations, part)
				b.explained[report.BugKey(&part)] = true
				b.foldSome()
			}
		}
	}
	if j.Untold > 0 {
		b.log.Warn().Int32("pid", j.Pid).Uint64("calls", j.Untold).Msg("the journal is full: for some calls the test is not named")
	}
	b.report.Summary.Lost += j.Lost
	b.log.Debug().Int32("pid", j.Pid).Str("python", j.Python).Str("oracle", string(j.Oracle)).
		Int("slots", j.Slots).Int("foreign", j.SlotsForeign).Int("modules", j.ModulesWatched).Msg("journal")
}

// foldSome keeps the violations of a flood from piling up: what is unfolded never exceeds
// what is folded by much.
func (b *builder) foldSome() {
	const slack = 1024
	if len(b.report.Violations) < 2*b.folded+slack {
		return
	}
	b.report.Violations = report.Fold(b.report.Violations)
	b.folded = len(b.report.Violations)
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
		PID: b.run.Pid, Argv: b.run.Command, Backend: cmp.Or(b.run.Backend, report.BackendShim), Reason: &reason,
		Started: known(b.run.Started), Ended: known(b.run.Finished), ExitCode: b.run.ExitCode, Signal: b.run.Signal,
	}
	if !b.run.Finished.IsZero() { // else it was another gilwatch's child
		p.PPID = new(os.Getpid())
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
