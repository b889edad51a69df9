package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/gilwatch/gilwatch/internal/report"
)

// stdoutPath is the PATH of --report that stands for stdout.
const stdoutPath = "-"

// output is one report to write.
type output struct {
	report.Spec
	file *os.File
}

// openOutputs opens the files of all reports, before a long command runs in vain.
// What stands in a file stays until the report is written over it.
func (a *app) openOutputs(specs []report.Spec) ([]output, error) {
	var outs []output
	for _, spec := range specs {
		out := output{spec, a.stdout}
		if spec.Path != stdoutPath {
			f, err := openOutput(spec.Path)
			if err != nil {
				closeOutputs(outs)
				return nil, hinted(fmt.Errorf("write the %s report: %w", spec.Format, err), "choose a path that can be written")
			}
			out.file = f
		}
		outs = append(outs, out)
		if err := openable(outs); err != nil {
			closeOutputs(outs)
			return nil, err
		}
	}
	return outs, nil
}

// openOutput opens a report's file, and leaves what stands in it.
func openOutput(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
}

// openable says what stands against the last of the outputs, which is open: it would be written
// over another, or GitHub's file beside it cannot be written.
func openable(outs []output) error {
	last := outs[len(outs)-1]
	if info, err := last.file.Stat(); err == nil && info.Mode().IsRegular() && last.Path != stdoutPath {
		for _, other := range outs[:len(outs)-1] {
			if theirs, err := other.file.Stat(); err == nil && other.Path != stdoutPath && os.SameFile(info, theirs) {
				return hinted(fmt.Errorf("the %s and the %s report would both be %s", other.Format, last.Format, last.Path), "give each report a file of its own")
			}
		}
	}
	if last.Format != "github" {
		return nil
	}
	f, err := openStepSummary()
	if f != nil {
		f.Close()
	}
	return err
}

func closeOutputs(outs []output) {
	for _, out := range outs {
		if out.Path != stdoutPath {
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
	f := out.file
	if out.Path == stdoutPath {
		options := a.textOptions(f, flags)
		options.AfterOutput = true
		return report.Write(f, out.Format, r, options)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		if there, err := os.Stat(out.Path); err != nil || !os.SameFile(info, there) {
			if f, err = openOutput(out.Path); err != nil {
				return hinted(fmt.Errorf("the file was removed: %w", err), "name a path whose folder the command leaves alone")
			}
			defer f.Close()
		}
		if err := f.Truncate(0); err != nil {
			return err
		}
	}
	if err := report.Write(f, out.Format, r, a.textOptions(f, flags)); err != nil {
		return err
	}
	return f.Close()
}

func (a *app) textOptions(f *os.File, flags *reportFlags) report.Options {
	options := report.Options{
		Color: a.colorFor(f), Width: columns(f),
		Notes: flags.listsNotes(), FullStacks: flags.full, FailOn: flags.failOn,
	}
	if cwd, err := os.Getwd(); err == nil {
		options.Root = pathRoot(cwd, os.LookupEnv)
	}
	return options
}
