package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/suppress"
	"golang.org/x/sys/unix"
)

// ownSuppressions is the suppression file that is read without being named.
const ownSuppressions = ".gilwatch.supp"

// known is what a reader knows of already: rules, a baseline, and the modules whose calls
// count.
type known struct {
	rules    *suppress.List
	modules  suppress.Modules
	called   map[string]bool // modules that violated, also those that don't count
	baseline *report.Report  // nil: none
	// met are the violations that knows was asked about: what one of them was found as in
	// the baseline, no other is.
	met []report.Violation
}

// loadKnown reads the files that the flags name, so that what is wrong with them is said
// before a command starts.
func (f *reportFlags) loadKnown() (*known, error) {
	lists, err := f.loadRules()
	if err != nil {
		return nil, err
	}
	k := &known{
		rules: suppress.New(lists...), modules: suppress.Modules{Watch: f.watch, Ignore: f.ignore}, called: map[string]bool{},
	}
	if f.baseline != "" {
		if k.baseline, err = readReport(f.baseline); err != nil {
			return nil, f.placed("baseline", fmt.Errorf("read the baseline: %w", err))
		}
	}
	return k, nil
}

// loadRules reads the suppression files, each once: a rule that comes again can match nothing.
func (f *reportFlags) loadRules() ([][]*suppress.Rule, error) {
	var lists [][]*suppress.Rule
	var loaded []os.FileInfo
	for _, path := range append(slices.Clone(f.suppressions), ownSuppressions) {
		if info, err := os.Stat(path); err == nil {
			if slices.ContainsFunc(loaded, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
				continue
			}
			loaded = append(loaded, info)
		}
		rules, err := suppress.ReadFile(path)
		switch {
		case err == nil:
			lists = append(lists, rules)
		case path == ownSuppressions && errors.Is(err, fs.ErrNotExist) && !slices.Contains(f.suppressions, path):
			// It need not be there.
		default:
			return nil, f.suppressionsError(path, err)
		}
	}
	if f.noBuiltin {
		return lists, nil
	}
	rules, err := suppress.Builtin()
	return append(lists, rules), err
}

// suppressionsError adds what to do about it, and where the path stands. A line that is no rule
// names its own place.
func (f *reportFlags) suppressionsError(path string, err error) error {
	var syntax *suppress.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return err
	case errors.Is(err, fs.ErrNotExist):
		err = hinted(err, "name a file that is there; "+ownSuppressions+" is read by itself")
	case errors.Is(err, unix.EISDIR):
		err = hinted(err, hintFolder)
	}
	if !slices.Contains(f.suppressions, path) {
		return err // it is read unasked
	}
	return f.placed("suppressions", err)
}

// keeps tells whether a violation belongs into the report.
func (k *known) keeps(v *report.Violation) bool {
	if f := report.Caller(v); f != nil && f.Module != nil {
		k.called[*f.Module] = true // of one without a slot, as the alloc sensor sees, nothing else tells
	}
	return k.modules.Keeps(v) && !k.rules.Suppresses(v)
}

// shows tells whether a violation is to be written while the command runs.
func (k *known) shows(v *report.Violation) bool { return k.modules.Keeps(v) && !k.rules.Matches(v) }

// knows tells whether the reader knows of all violations in r, or did not ask for them: of
// severity note. The answer holds for whatever test is run, so rules of tests suppress nothing.
func (k *known) knows(r *report.Report, notes bool) bool {
	return !slices.ContainsFunc(r.Violations, func(v report.Violation) bool {
		v.Tests = nil
		return k.shows(&v) && (notes || v.Severity != report.SeverityNote) && !k.inBaseline(&v)
	})
}

// inBaseline tells whether the baseline has a violation, as far as those go that were met so far.
func (k *known) inBaseline(v *report.Violation) bool {
	if k.baseline == nil {
		return false
	}
	is := func(met report.Violation) bool { return report.BugKey(&met) == report.BugKey(v) }
	at := slices.IndexFunc(k.met, is)
	if at < 0 {
		at = len(k.met)
		k.met = append(k.met, *v)
	}
	all := report.Report{Violations: slices.Clone(k.met)}
	report.MarkKnown(&all, k.baseline)
	return all.Violations[at].Known
}

// apply enters what was suppressed, what is ignored and what the baseline has into r, which may
// have been filtered before.
func (k *known) apply(r *report.Report) {
	report.AddSuppressed(r, k.rules.Suppressed())
	k.markIgnored(r)
	if k.baseline != nil {
		report.MarkKnown(r, k.baseline)
		return
	}
	report.Summarize(r)
}

// sayUnused names the globs and rules that matched nothing.
func (a *app) sayUnused(k *known, r *report.Report) {
	a.sayUnusedGlobs(k, r)
	a.sayUnusedRules(k, r)
}

// sayUnusedRules names the rules that matched nothing, neither now nor when the reports that r
// is made of were written: the bug may be gone, or the rule wrong.
func (a *app) sayUnusedRules(k *known, r *report.Report) {
	used := map[string]bool{}
	for _, s := range r.Suppressed {
		used[s.Rule] = true
	}
	for _, rule := range k.rules.Unused() {
		if !used[rule.Text] {
			fmt.Fprintf(a.stderr, "gilwatch: suppression matched nothing: %s:%d: %s\n", rule.File, rule.Line, report.Clean(rule.Text))
		}
	}
}

const (
	// hintReport says which files are reports.
	hintReport = "name a file that gilwatch run --report json=FILE wrote"
	// hintFolder is for what cannot be a folder.
	hintFolder = "name a file, not a folder"
)

// readReport reads a JSON report.
func readReport(path string) (*report.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, hinted(err, hintReport)
	}
	defer f.Close()
	r, err := report.Read(f)
	switch {
	case err == nil:
		return r, nil
	case errors.Is(err, unix.EISDIR):
		return nil, hinted(err, hintFolder) // it names the path
	}
	err = fmt.Errorf("%s: %w", path, err)
	if errors.Is(err, report.ErrNotReport) {
		return nil, hinted(err, hintReport)
	}
	return nil, err
}
