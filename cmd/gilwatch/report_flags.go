package main

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/settings"
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

	set *pflag.FlagSet // that they are defined in
}

func (f *reportFlags) define(flags *pflag.FlagSet) {
	f.set = flags
	flags.Var(&settings.List{Values: &f.reports, Check: checkSpec, Rebase: rebaseSpec}, "report", "write a report, `FORMAT=PATH`; repeatable; FORMAT: "+
		strings.Join(report.Formats(), ", ")+"; PATH - is stdout")
	flags.BoolVar(&f.quiet, "quiet", false, "no text report on stderr")
	flags.Var(settings.Choice(&f.failOn, report.SeverityError, report.SeverityError, report.SeverityWarning, report.SeverityNote, failNever), "fail-on",
		"least `severity` that makes a run fail: error, warning, note or never")
	flags.Var(exitStatusValue(&f.errorExit), "error-exitcode",
		"exit `status` when there are violations and the command succeeded; 0 keeps the command's")
	flags.BoolVar(&f.notes, "notes", false, "list violations of severity note as well")
	flags.BoolVar(&f.full, "full-stacks", false, "show the frames of frameworks and of the interpreter in the text report")
	flags.Var(settings.Files(&f.suppressions), "suppressions",
		"read suppressions from `FILE`; repeatable; "+ownSuppressions+" is read by itself")
	flags.BoolVar(&f.noBuiltin, "no-builtin-suppressions", false, "don't use the suppressions that come with gilwatch")
	flags.Var(settings.File(&f.baseline), "baseline", "violations in `REPORT.json` are known, and don't fail the run")
	flags.StringArrayVar(&f.watch, "watch", nil, "only calls of modules whose file name matches `GLOB` count; repeatable")
	flags.StringArrayVar(&f.ignore, "ignore", nil, "calls of modules whose file name matches `GLOB` don't count; repeatable")
}

// noCommand corrects the help of a subcommand that runs no command.
func noCommand(flags *pflag.FlagSet) {
	flags.Lookup("error-exitcode").Usage = "exit `status` when there are violations"
}

// check returns the reports to write.
func (f *reportFlags) check() ([]report.Spec, error) {
	var specs []report.Spec
	for _, text := range f.reports {
		spec, err := report.ParseSpec(text)
		if err != nil {
			return nil, err
		}
		specs = append(specs, spec)
	}
	return specs, nil
}

// from is where a flag's value stands: see settings.Source.
func (f *reportFlags) from(flag string) string { return settings.Source(f.set.Lookup(flag)) }

// placed adds to what is wrong with a flag's value where that stands, if not on the command line.
func (f *reportFlags) placed(flag string, err error) error {
	if from := f.from(flag); err != nil && from != "" {
		return &settings.Error{Place: from, Err: err}
	}
	return err
}

// checkSpec says what is wrong with a value of --report.
func checkSpec(text string) error {
	_, err := report.ParseSpec(text)
	if err != nil && hint(err) == "" {
		return hinted(err, "for example: --report json=gilwatch.json")
	}
	return err
}

// rebaseSpec is a value of --report that stands in a file of the folder.
func rebaseSpec(text, folder string) string {
	format, path, _ := strings.Cut(text, "=")
	if path == stdoutPath || path == "" {
		return text
	}
	return format + "=" + settings.JoinPath(folder, path)
}

// exitStatusValue is the value of --error-exitcode.
func exitStatusValue(p *int) pflag.Value { return settings.Number(p, exitViolations, 0, 255) }
