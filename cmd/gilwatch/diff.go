package main

import (
	"github.com/spf13/cobra"

	"github.com/gilwatch/gilwatch/internal/report"
)

func (a *app) diffCommand() *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD.json NEW.json",
		Short: "Tell what is new, gone and still there between two reports",
		Long: `Compare two JSON reports, also of other builds of the same extension, other
machines and other versions of Python.

The exit status is 66 if something is new.`,
		Args: arguments(2, 2, "gilwatch diff old.json new.json"),
		RunE: func(_ *cobra.Command, args []string) error { return a.diff(args[0], args[1], &flags) },
	}
	flags.define(cmd)
	return cmd
}

// diffFlags are the flags of `gilwatch diff`.
type diffFlags struct {
	full      bool
	errorExit int
}

func (f *diffFlags) define(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.full, "full-stacks", false, "show the frames of frameworks and of the interpreter")
	cmd.Flags().Var(exitStatusValue(&f.errorExit), "error-exitcode", "exit `status` when something is new")
}

func (a *app) diff(oldPath, newPath string, flags *diffFlags) error {
	older, err := readReport(oldPath)
	if err != nil {
		return err
	}
	newer, err := readReport(newPath)
	if err != nil {
		return err
	}
	d := report.Compare(older, newer)
	options := report.Options{Color: a.colorFor(a.stdout), Width: columns(a.stdout), FullStacks: flags.full}
	if err := report.WriteDiff(a.stdout, older, newer, d, options); err != nil {
		return err
	}
	if len(d.New) > 0 {
		a.status = flags.errorExit
	}
	return nil
}
