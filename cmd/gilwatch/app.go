package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gilwatch/gilwatch/internal/settings"
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// app is what the subcommands share: the streams, the log and the global flags.
type app struct {
	stdout, stderr *os.File
	log            zerolog.Logger
	status         int // of a subcommand that ran through
	begin          beginFunc
	args           []string // the command line

	color    string
	logLevel string
	logJSON  bool
}

func newApp() *app {
	return &app{stdout: os.Stdout, stderr: os.Stderr, log: zerolog.Nop(), begin: beginSession}
}

// main runs the command line and returns the exit status.
func (a *app) main(args []string) int {
	a.args = args
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

    gilwatch run -- pytest

Each flag can stand in the environment as GILWATCH_<FLAG>, and in pyproject.toml
under [tool.gilwatch]. The command line wins over the environment, and that over
the file.`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              a.knownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: a.prepare,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}, // ours is completionCommand
	}
	flags := root.PersistentFlags()
	flags.Var(settings.Choice(&a.color, "auto", "auto", "always", "never"), "color", "color the text report: auto, always or never")
	flags.Var(settings.Choice(&a.logLevel, "warn", "debug", "info", "warn", "error"), "log-level",
		"least level to log: debug, info, warn or error")
	flags.BoolVar(&a.logJSON, "log-json", false, "log as JSON")
	root.SetFlagErrorFunc(a.flagError)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(a.runCommand(), a.attachCommand(), a.reportCommand(), a.diffCommand(), a.doctorCommand(), a.explainCommand(), a.envCommand(), a.cflagsCommand(), a.versionCommand())
	root.AddCommand(a.completionCommand())
	root.AddCommand(a.plannedCommands()...)
	completeValues(root)
	return root
}

// prepare runs before each subcommand: flags from the environment and the project's file,
// then the log.
func (a *app) prepare(cmd *cobra.Command, _ []string) error {
	if isCompletion(cmd) {
		return nil // a shell asks at each tab, and shows no errors
	}
	known := flagNames(cmd.Root())
	unread, err := settings.Fill(cmd.Flags(), known, os.LookupEnv)
	if err != nil {
		return err
	}
	a.log, err = newLog(a.stderr, a.logLevel, a.logJSON, a.colorFor(a.stderr))
	if err != nil {
		return err
	}
	for _, err := range unread {
		a.log.Warn().Err(err).Msg("settings were not looked for in a file")
	}
	for _, err := range settings.Misspelled(os.Environ(), known) {
		a.log.Warn().Err(err).Msg("a variable is not read")
	}
	return nil
}

// flagNames are the names of all commands' flags.
func flagNames(root *cobra.Command) map[string]bool {
	names := map[string]bool{}
	eachFlag(root, func(_ *cobra.Command, f *pflag.Flag) {
		if settings.IsSetting(f) {
			names[f.Name] = true
		}
	})
	return names
}

// eachFlag calls visit for each flag of a command and those below it.
func eachFlag(cmd *cobra.Command, visit func(*cobra.Command, *pflag.Flag)) {
	once := func(f *pflag.Flag) { visit(cmd, f) }
	cmd.PersistentFlags().VisitAll(once)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if cmd.PersistentFlags().Lookup(f.Name) == nil {
			once(f)
		}
	})
	for _, sub := range cmd.Commands() {
		eachFlag(sub, visit)
	}
}

// result is where a subcommand's result goes; everything else goes to stderr.
func (a *app) result() io.Writer { return a.stdout }

func (a *app) flagError(cmd *cobra.Command, err error) error {
	if before := cmd.Flags().Args(); cmd == cmd.Root() && len(before) > 0 {
		return a.unknownCommand(cmd, before[0]) // whose flags they are
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		f := invalid.GetFlag()
		err = fmt.Errorf("--%s: %w", f.Name, settings.Refusal(f, invalid.GetValue(), invalid.Unwrap()))
	}
	if hint(err) != "" {
		return err
	}
	return hinted(err, "see "+cmd.CommandPath()+" --help")
}
