package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

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
	baseline *report.Report // nil: none
}

// loadKnown reads the files that the flags name, so that what is wrong with them is said
// before a command starts.
func (f *reportFlags) loadKnown() (*known, error) {
	var lists [][]*suppress.Rule
	for _, path := range f.suppressions {
		rules, err := suppress.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, hinted(err, "name a file that is there; "+ownSuppressions+" is read by itself")
		}
		if errors.Is(err, unix.EISDIR) {
			return nil, hinted(err, "name a file, not a folder")
		}
		if err != nil {
			return nil, err
		}
		lists = append(lists, rules)
	}
	rules, err := suppress.ReadFile(ownSuppressions)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lists = append(lists, rules)
	if !f.noBuiltin {
		rules, err := suppress.Builtin()
		if err != nil {
			return nil, err
		}
		lists = append(lists, rules)
	}
	k := &known{rules: suppress.New(lists...), modules: suppress.Modules{Watch: f.watch, Ignore: f.ignore}}
	if f.baseline != "" {
		if k.baseline, err = readReport(f.baseline); err != nil {
			return nil, fmt.Errorf("read the baseline: %w", err)
		}
	}
	return k, nil
}

// keeps tells whether a violation belongs into the report.
func (k *known) keeps(v *report.Violation) bool {
	return k.modules.Keeps(v) && !k.rules.Suppresses(v)
}

// shows tells whether a violation is to be written while the command runs.
func (k *known) shows(v *report.Violation) bool { return k.modules.Keeps(v) && !k.rules.Matches(v) }

// apply enters what was suppressed and what the baseline has into r.
func (k *known) apply(r *report.Report) {
	r.Suppressed = append(r.Suppressed, k.rules.Suppressed()...)
	if k.baseline != nil {
		report.MarkKnown(r, k.baseline)
		return
	}
	report.Summarize(r)
}

// sayUnused names the rules that matched nothing: the bug may be gone, or the rule wrong.
func (a *app) sayUnused(k *known) {
	for _, r := range k.rules.Unused() {
		fmt.Fprintf(a.stderr, "gilwatch: suppression matched nothing: %s:%d: %s\n", r.File, r.Line, report.Clean(r.Text))
	}
}

// hintReport says which files are reports.
const hintReport = "name a file that gilwatch run --report json=FILE wrote"

// readReport reads a JSON report.
func readReport(path string) (*report.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, hinted(err, hintReport)
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
		if errors.Is(err, report.ErrNotReport) {
			return nil, hinted(err, hintReport)
		}
		return nil, err
	}
	return r, nil
}
