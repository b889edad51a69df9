package main

import (
	"io"
	"os"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

// app is what the subcommands share: the streams, the log and the global flags.
type app struct {
	stdout, stderr *os.File
	log            zerolog.Logger
	status         int // of a subcommand that ran through
	begin          beginFunc

	color    string
	logLevel string
	logJSON  bool
}

func newApp() *app {
	return &app{stdout: os.Stdout, stderr: os.Stderr, log: zerolog.Nop(), begin: beginSession}
}

// main runs the command line and returns the exit status.
func (a *app) main(args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	if err := root.Execute(); err != nil {
		a.complain(err)
		return statusOf(err)
	}
	return a.status
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "gilwatch",
		Short: "Find calls of the Python C API made without an attached thread state",
		Long: `gilwatch finds calls of the CPython C API that an extension makes without an
attached thread state (in older words: without holding the GIL).

    gilwatch run -- pytest`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              knownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: a.prepare,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.color, "color", "auto", "color the text report: auto, always or never")
	flags.StringVar(&a.logLevel, "log-level", "warn", "least level to log: debug, info, warn or error")
	flags.BoolVar(&a.logJSON, "log-json", false, "log as JSON")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.runCommand(), a.attachCommand(), a.reportCommand(), a.diffCommand(), a.doctorCommand(), a.explainCommand(), a.envCommand(), a.cflagsCommand(), a.versionCommand())
	root.AddCommand(a.plannedCommands()...)
	return root
}

// prepare runs before each subcommand: flags from the environment, then the log.
func (a *app) prepare(cmd *cobra.Command, _ []string) error {
	if err := flagsFromEnvironment(cmd.Flags(), os.LookupEnv); err != nil {
		return err
	}
	if err := checkColor(a.color); err != nil {
		return err
	}
	var err error
	a.log, err = newLog(a.stderr, a.logLevel, a.logJSON, a.colorFor(a.stderr))
	if err != nil {
		return err
	}
	warnOfProjectFile(a.log, projectFile)
	return nil
}

// result is where a subcommand's result goes; everything else goes to stderr.
func (a *app) result() io.Writer { return a.stdout }

func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return hinted(
		quoted("unknown command %s", args[0]),
		"to watch a command, write: gilwatch run -- "+shellWords(args))
}

func flagError(cmd *cobra.Command, err error) error {
	return hinted(err, "see "+cmd.CommandPath()+" --help")
}
