package main

import (
	"fmt"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/spf13/cobra"
)

// runFlags are the flags of `gilwatch run`.
type runFlags struct {
	reports   []string
	quiet     bool
	failOn    string
	errorExit int
	notes     bool
	full      bool
	live      bool

	suppressions []string
	noBuiltin    bool
	baseline     string
	watch        []string
	ignore       []string

	onViolation string // from here on: part of the interface, not built yet
	sensors     string
}

const (
	onViolationReport = "report"
	sensorCalls       = "calls"
)

func (f *runFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SetInterspersed(false) // what follows the command's name is the command's
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
	flags.BoolVar(&f.live, "live", false, "write each new violation to stderr, in short, as soon as it is seen")
	flags.StringVar(&f.onViolation, "on-violation", onViolationReport,
		"what a violation does: report; acquire, stop and abort are not built yet")
	flags.StringVar(&f.sensors, "sensors", sensorCalls, "sensors to use: calls; alloc is not built yet")
	flags.StringArrayVar(&f.watch, "watch", nil, "only calls of modules whose file name matches `GLOB` count; repeatable")
	flags.StringArrayVar(&f.ignore, "ignore", nil, "calls of modules whose file name matches `GLOB` don't count; repeatable")
}

// check says what is wrong with the flags, or not built yet, before anything runs.
func (f *runFlags) check() ([]report.Spec, error) {
	if _, ok := failOn[f.failOn]; !ok {
		return nil, hinted(fmt.Errorf("unknown value %q of --fail-on", f.failOn), "use one of: error, warning, note, never")
	}
	if err := checkErrorExit(f.errorExit); err != nil {
		return nil, err
	}
	if err := f.checkPlanned(); err != nil {
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

// checkPlanned refuses what would have no effect yet.
func (f *runFlags) checkPlanned() error {
	switch f.onViolation {
	case onViolationReport:
	case "acquire", "stop", "abort":
		return hinted(fmt.Errorf("--on-violation %s is not built yet", f.onViolation), "leave it out: violations are reported")
	default:
		return hinted(fmt.Errorf("unknown value %q of --on-violation", f.onViolation), "use one of: report, acquire, stop, abort")
	}
	for _, sensor := range strings.Split(f.sensors, ",") {
		switch sensor {
		case sensorCalls:
		case "alloc":
			return hinted(fmt.Errorf("--sensors %s is not built yet", sensor), "use --sensors calls")
		default:
			return hinted(fmt.Errorf("unknown sensor %q", sensor), "use one of: calls, alloc")
		}
	}
	return nil
}

func checkErrorExit(status int) error {
	if status < 0 || status > 255 {
		return hinted(fmt.Errorf("--error-exitcode %d is no exit status", status), "use a number from 0 to 255")
	}
	return nil
}
