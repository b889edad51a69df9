package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/spf13/cobra"
)

func (a *app) reportCommand() *cobra.Command {
	var flags reportFlags
	var generate bool
	const example = "gilwatch report --report html=gilwatch.html gilwatch.json"
	cmd := &cobra.Command{
		Use:   "report [flags] REPORT.json...",
		Short: "Render, merge and filter reports",
		Long: `Render one JSON report in other formats, or make one of several: of a matrix of
Pythons, or of the jobs of a night. Suppressions, a baseline and module globs filter it.

A session folder, /tmp/gilwatch-LETTERSANDDIGITS as a rule, stands for the report of
what its journals hold. A gilwatch run that was killed, or could not write a report,
leaves one behind; it is kept for a day.

The exit status is 66 if there are violations, else 0; 125 if gilwatch failed.`,
		Args: arguments(1, maxReports, example),
		RunE: func(_ *cobra.Command, args []string) error {
			if generate {
				return a.generateSuppressions(args, &flags)
			}
			return a.report(args, &flags)
		},
	}
	flags.define(cmd.Flags())
	noCommand(cmd.Flags())
	cmd.Flags().BoolVar(&generate, "generate-suppressions", false, "print a suppression rule for each violation, and no report")
	return cmd
}

// maxReports is how many reports are merged into one.
const maxReports = 10_000

// report reads what the arguments name and writes it as the flags say.
func (a *app) report(args []string, flags *reportFlags) error {
	specs, err := flags.check()
	if err != nil {
		return err
	}
	specs, err = a.spareInputs(specs, append(slices.Clone(args), flags.baseline), flags.from("report"))
	if err != nil {
		return err
	}
	r, known, err := a.merged(args, flags)
	if err != nil {
		return err
	}
	outs, err := a.openOutputs(specs, flags)
	if err != nil {
		return err
	}
	defer closeOutputs(outs)
	if err := a.writeReports(r, outs, flags); err != nil {
		return err
	}
	if !flags.quiet {
		a.sayUnused(known, r)
	}
	a.status = exitStatus(outcome{violations: failing(r, flags.failOn), errorExit: flags.errorExit})
	return nil
}

// generateSuppressions prints a rule for each violation that no rule or baseline has yet.
func (a *app) generateSuppressions(args []string, flags *reportFlags) error {
	r, _, err := a.merged(args, flags)
	if err != nil {
		return err
	}
	printed := map[string]bool{}
	for i := range r.Violations {
		v := &r.Violations[i]
		rule := report.Suppression(v)
		if v.Known || printed[rule] {
			continue
		}
		printed[rule] = true
		if _, err := fmt.Fprintf(a.result(), "# %s, id %s\n%s\n", report.Title(v), report.Clean(v.ID), rule); err != nil {
			return err
		}
	}
	return nil
}

// merged makes one report of what the arguments name, without what is suppressed.
func (a *app) merged(args []string, flags *reportFlags) (*report.Report, *known, error) {
	known, err := flags.loadKnown()
	if err != nil {
		return nil, nil, err
	}
	var reports []*report.Report
	for _, path := range args {
		r, err := a.reportOf(path, known)
		if err != nil {
			return nil, nil, err
		}
		reports = append(reports, r)
	}
	r := reports[0]
	if len(reports) > 1 {
		r = report.Merge(toolVersion(), reports)
	}
	known.apply(r)
	return r, known, nil
}

// reportOf makes the report of one argument: a JSON report, or a session folder.
func (a *app) reportOf(path string, known *known) (*report.Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, hinted(err, "name a file that gilwatch run --report json=FILE wrote, or a session folder")
	}
	if info.IsDir() {
		return a.salvage(path, known)
	}
	r, err := readReport(path)
	return filtered(r, known), err
}

// filtered is a finished report without what is suppressed; nil stays nil.
func filtered(r *report.Report, known *known) *report.Report {
	if r != nil {
		r.Violations = slices.DeleteFunc(r.Violations, func(v report.Violation) bool { return !known.keeps(&v) })
	}
	return r
}

// salvage makes the report of what lies in a session folder.
func (a *app) salvage(folder string, known *known) (*report.Report, error) {
	s := session.Open(folder)
	alone, err := s.Hold()
	if err != nil {
		return nil, hinted(err, "it is just being removed, or lies where it cannot be read")
	}
	defer s.Release()
	if !alone {
		a.log.Warn().Str("folder", folder).Msg("the session still runs: the report tells what it has found so far")
	}
	if r, err := s.ReadReport(); r != nil || err != nil {
		return filtered(r, known), err
	}
	about, err := s.ReadRun()
	switch {
	case errors.Is(err, session.ErrNoRun) && s.HasShim():
		return nil, hinted(err, "gilwatch env made it: each process has written its report on its own stderr")
	case errors.Is(err, session.ErrNoRun):
		return nil, hinted(err, "name the folder that a gilwatch run left behind which was killed, or could not write a report")
	case err != nil:
		a.log.Warn().Err(err).Msg("the report does not say what was run")
	}
	run := collector.Run{
		Command: about.Command, Exe: about.Exe, Cwd: about.Cwd, Pid: about.Pid, Started: about.Started,
		Unwatched: about.Unwatched, Sensors: about.Sensors, Version: toolVersion(), Keep: known.keeps,
	}
	r, err := collector.Salvage(s, run, a.log)
	if errors.Is(err, journal.ErrLayout) {
		err = hinted(err, "read it with the gilwatch that wrote it")
	}
	return r, err
}
