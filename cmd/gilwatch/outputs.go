package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/gilwatch/gilwatch/internal/report"
)

// openOutputs opens the files of all reports, before a long command runs in vain.
// What stands in a file stays until the report is written over it.
func (a *app) openOutputs(specs []report.Spec, flags *reportFlags) ([]output, error) {
	var outs []output
	for _, spec := range specs {
		out, err := a.openOutput(spec)
		if err != nil {
			closeOutputs(outs)
			return nil, flags.placed("report", outputError(spec.Format, err))
		}
		outs = append(outs, out)
		err = flags.placed("report", apart(outs))
		if err == nil && spec.Format == "github" {
			err = summaryWritable()
		}
		if err != nil {
			closeOutputs(outs)
			return nil, err
		}
	}
	return outs, nil
}

// outputError adds to why a report cannot be written what to do about it.
func outputError(format string, err error) error {
	if errors.Is(err, errNoReader) {
		return hinted(fmt.Errorf("write the %s report: %w", format, err), "start what reads the pipe first")
	}
	return hinted(fmt.Errorf("write the %s report: %w", format, err), "choose a path that can be written")
}

// apart says that the last of the outputs, which is open, would be written over another.
func apart(outs []output) error {
	last := outs[len(outs)-1]
	if !last.isRegular() {
		return nil
	}
	for _, other := range outs[:len(outs)-1] {
		if other.isRegular() && sameOpen(last.file, other.file) {
			return hinted(fmt.Errorf("the %s and the %s report would both be %s", other.Format, last.Format, last.Path), "give each report a file of its own")
		}
	}
	return nil
}

// summaryWritable says why GitHub's file beside a report cannot be written.
func summaryWritable() error {
	f, err := openStepSummary()
	if f != nil {
		f.Close()
	}
	return err
}

func closeOutputs(outs []output) {
	for _, out := range outs {
		if !out.shared {
			out.file.Close()
		}
	}
}

// writeReports writes the text report to stderr, unless quiet, and all outputs.
// A report that cannot be written keeps none of the others back.
func (a *app) writeReports(r *report.Report, outs []output, flags *reportFlags) error {
	var failures failures
	if !flags.quiet {
		failures.add(report.Write(a.stderr, "text", r, a.textOptions(a.stderr, flags)))
	}
	for _, out := range outs {
		if err := a.writeReport(r, out, flags); err != nil {
			failures.add(fmt.Errorf("%s: %w", out.Path, err))
		}
		if out.Format == "github" {
			failures.add(a.appendStepSummary(r, flags))
		}
	}
	if len(failures) > 0 {
		return failures
	}
	return nil
}

// failures are errors that have nothing to do with each other: each is said for itself.
type failures []error

func (f *failures) add(err error) {
	if err != nil {
		*f = append(*f, err)
	}
}

func (f failures) Error() string   { return errors.Join(f...).Error() }
func (f failures) Unwrap() []error { return f }

func (a *app) writeReport(r *report.Report, out output, flags *reportFlags) error {
	out, err := a.cleared(out)
	if err != nil {
		return err
	}
	options := a.textOptions(out.file, flags)
	options.AfterOutput = out.shared
	if err := report.Write(out.file, out.Format, r, options); err != nil || out.shared {
		return err
	}
	return out.file.Close()
}

func (a *app) textOptions(f *os.File, flags *reportFlags) report.Options {
	options := report.Options{
		Color: a.colorFor(f), Width: columns(f),
		Notes: flags.notes, FullStacks: flags.full, FailOn: flags.failOn,
	}
	if cwd, err := os.Getwd(); err == nil {
		options.Root = pathRoot(cwd, os.LookupEnv)
	}
	return options
}
