package main

import (
	"fmt"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/spf13/pflag"
)

// reportFlags are the flags of every subcommand that makes a report.
type reportFlags struct {
	reports   []string
	quiet     bool
	failOn    string
	errorExit int
	notes     bool
	full      bool

	suppressions []string
	noBuiltin    bool
	baseline     string
	watch        []string
	ignore       []string
}

func (f *reportFlags) define(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.reports, "report", nil, "write a report, FORMAT=`PATH`; repeatable; "+
		strings.Join(report.Formats(), " or ")+"; PATH - is stdout")
	flags.BoolVar(&f.quiet, "quiet", false, "no text report on stderr")
	flags.StringVar(&f.failOn, "fail-on", report.SeverityError,
		"least `severity` that makes a run fail: error, warning, note or never")
	flags.IntVar(&f.errorExit, "error-exitcode", exitViolations,
		"exit `status` when there are violations and the command succeeded; 0 keeps the command's")
	flags.BoolVar(&f.notes, "notes", false, "list violations of severity note as well")
	flags.BoolVar(&f.full, "full-stacks", false, "show the frames of frameworks and of the interpreter in the text report")
	flags.StringArrayVar(&f.suppressions, "suppressions", nil,
		"read suppressions from `FILE`; repeatable; "+ownSuppressions+" is read by itself")
	flags.BoolVar(&f.noBuiltin, "no-builtin-suppressions", false, "don't use the suppressions that come with gilwatch")
	flags.StringVar(&f.baseline, "baseline", "", "violations in `REPORT.json` are known, and don't fail the run")
	flags.StringArrayVar(&f.watch, "watch", nil, "only calls of modules whose file name matches `GLOB` count; repeatable")
	flags.StringArrayVar(&f.ignore, "ignore", nil, "calls of modules whose file name matches `GLOB` don't count; repeatable")
}

// check says what is wrong with the flags, or not built yet, and returns the reports to
// write.
func (f *reportFlags) check() ([]report.Spec, error) {
	if _, ok := failOn[f.failOn]; !ok {
		return nil, hinted(fmt.Errorf("unknown value %q of --fail-on", f.failOn), "use one of: error, warning, note, never")
	}
	if err := checkErrorExit(f.errorExit); err != nil {
		return nil, err
	}
	var specs []report.Spec
	for _, text := range f.reports {
		spec, err := report.ParseSpec(text)
		if err != nil {
			if hint(err) == "" {
				err = hinted(err, "for example: --report json=gilwatch.json")
			}
			return nil, err
		}
		specs = append(specs, spec)
	}
	return specs, nil
}
