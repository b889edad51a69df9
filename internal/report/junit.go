//go:build !gilwatch_shim

package report

import (
	"io"
	"path"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"
)

// writeJUnit writes JUnit's XML as Jenkins and GitLab read it: a test case for each
// violation, in a suite for the test that ran, or for the module when none did. What does
// not fail the run is a case that passed, with the violation in its output; what stands in
// the baseline is skipped. Where no violation is listed there is a case that says so, since
// an empty file is an error to most readers (see ownCases).
func writeJUnit(w io.Writer, r *Report, o Options) error {
	f := newFacts(r, o)
	suites := junit.Testsuites{Name: "gilwatch"}
	violations := append([]Violation{}, r.Violations...)
	Sort(violations)
	var order []string
	cases := map[string][]junit.Testcase{}
	for i := range violations {
		v := &violations[i]
		if v.Severity == SeverityNote && !o.Notes && !v.Fatal {
			continue
		}
		name := suiteName(v)
		if cases[name] == nil {
			order = append(order, name)
		}
		cases[name] = append(cases[name], f.testcase(v, o))
	}
	for i, name := range order {
		suites.AddSuite(f.suite(i, name, cases[name]))
	}
	if own := f.ownCases(len(order), o); len(own) > 0 {
		suites.AddSuite(f.suite(len(order), ownSuite, own))
	}
	suites.Skipped = 0 // left out: in junit-10.xsd, which Jenkins publishes, suites alone have it
	if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); err != nil {
		return err
	}
	return suites.WriteXML(w)
}

// ownSuite is the name of the suite of what is no violation.
const ownSuite = "gilwatch"

// ownCases are the cases about the run itself: an error for what was lost, a failure for notes
// that are not listed and fail it, and, where no violation is listed, one that is skipped when
// nothing was watched and passes else.
func (f facts) ownCases(listed int, o Options) []junit.Testcase {
	var cases []junit.Testcase
	add := func(name string) *junit.Testcase {
		cases = append(cases, junit.Testcase{Name: name, Classname: ownSuite, Time: "0"})
		return &cases[len(cases)-1]
	}
	lost, unwatched := lostWords(f.report), nothingWatched(f.report)
	if lost != "" {
		c := add("violations lost")
		if lostFails(o.FailOn) {
			c.Error = &junit.Result{Message: lost, Type: "lost"}
		} else {
			c.SystemOut = &junit.Output{Data: lost + "\n"}
		}
	}
	unlisted := unlistedNotes(f.report, o)
	if unlisted != "" {
		add("notes").Failure = &junit.Result{Message: unlisted, Type: SeverityNote}
	}
	switch notes := len(f.report.Violations); {
	case listed > 0 || unlisted != "":
	case unwatched != "":
		add("nothing was watched").Skipped = &junit.Result{Message: unwatched}
	case notes > 0:
		add(plural(notes, "note", "notes") + " (--notes)")
	case lost == "":
		add("no violations")
	}
	return cases
}

func (f facts) suite(id int, name string, cases []junit.Testcase) junit.Testsuite {
	s := junit.Testsuite{ID: id, Name: name, Time: "0"}
	if started := f.report.Run.Started; started != nil {
		// Without a zone: the schema that Jenkins publishes has no room for one.
		s.Timestamp = started.UTC().Format("2006-01-02T15:04:05")
	}
	if f.report.Run.Host != nil {
		s.Hostname = Clean(*f.report.Run.Host)
	}
	for _, c := range cases {
		s.AddTestcase(c)
	}
	return s
}

// suiteName is the first test that ran, or the module that called.
func suiteName(v *Violation) string {
	if len(v.Tests) > 0 {
		return fit(Clean(v.Tests[0]), maxMachineName)
	}
	return callerModule(v)
}

// callerModule is the clean name of the module that called, without tags.
func callerModule(v *Violation) string {
	for _, f := range v.NativeStack[max(callerFrame(v), 0):] {
		if f.Module != nil && !f.Interpreter {
			return fit(Clean(ModuleName(path.Base(*f.Module))), maxMachineName)
		}
	}
	return "no module"
}

func (f facts) testcase(v *Violation, o Options) junit.Testcase {
	name := f.title(v)
	if own := callerFrame(v); own >= 0 {
		name += " in " + fit(v.NativeStack[own].Name(), maxMachineName/2)
	}
	c := junit.Testcase{Name: name + " [" + Clean(v.ID) + "]", Classname: callerModule(v), Time: "0"}
	body := entryText(f.report, v, o)
	switch {
	case v.Known:
		c.Skipped = &junit.Result{Message: "known: it stands in the baseline"}
	case fails(v, o.FailOn):
		c.Failure = &junit.Result{Message: f.sentence(v), Type: Clean(v.Kind), Data: body}
	default:
		c.SystemOut = &junit.Output{Data: body}
	}
	return c
}

// entryText is the violation's entry in the text report, without colors.
func entryText(r *Report, v *Violation, o Options) string {
	t := newText(r, Options{Width: 100, FullStacks: o.FullStacks, Root: o.Root})
	t.entry(&entry{Violation: *v})
	return strings.TrimRight(t.b.String(), "\n") + "\n"
}

// fails tells whether a violation is one that fails the run.
func fails(v *Violation, failOn string) bool {
	switch failOn {
	case "never":
		return false
	case "":
		failOn = SeverityError
	}
	return !v.Known && severityRank(v.Severity) <= severityRank(failOn)
}

// timestamp is a moment as RFC 3339 writes it, in UTC, nil when it is not known.
func timestamp(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return new(t.UTC().Format("2006-01-02T15:04:05.000Z"))
}
