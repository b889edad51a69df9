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

	suppressions []string // from here on: part of the interface, not built yet
	baseline     string
	onViolation  string
	sensors      string
	watch        []string
	ignore       []string
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
	flags.StringArrayVar(&f.suppressions, "suppressions", nil, "read suppressions from `FILE` (not built yet)")
	flags.StringVar(&f.baseline, "baseline", "", "`REPORT.json` with known violations (not built yet)")
	flags.StringVar(&f.onViolation, "on-violation", onViolationReport,
		"what a violation does: report; acquire, stop and abort are not built yet")
	flags.StringVar(&f.sensors, "sensors", sensorCalls, "sensors to use: calls; alloc is not built yet")
	flags.StringArrayVar(&f.watch, "watch", nil, "modules to watch, by file name `GLOB` (not built yet)")
	flags.StringArrayVar(&f.ignore, "ignore", nil, "modules not to watch, by file name `GLOB` (not built yet)")
}

// check says what is wrong with the flags, or not built yet, before anything runs.
func (f *runFlags) check() ([]report.Spec, error) {
	if _, ok := failOn[f.failOn]; !ok {
		return nil, hinted(fmt.Errorf("unknown value %q of --fail-on", f.failOn), "use one of: error, warning, note, never")
	}
	if f.errorExit < 0 || f.errorExit > 255 {
		return nil, hinted(fmt.Errorf("--error-exitcode %d is no exit status", f.errorExit), "use a number from 0 to 255")
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
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"suppressions", len(f.suppressions) > 0},
		{"baseline", f.baseline != ""},
		{"watch", len(f.watch) > 0},
		{"ignore", len(f.ignore) > 0},
	} {
		if flag.set {
			return hinted(fmt.Errorf("--%s is not built yet", flag.name), "leave it out")
		}
	}
	return nil
}
