package main

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/settings"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shells write the completions for each shell.
var shells = map[string]func(a *app, root *cobra.Command) error{
	"bash": func(a *app, root *cobra.Command) error { return root.GenBashCompletionV2(a.result(), true) },
	"zsh":  func(a *app, root *cobra.Command) error { return root.GenZshCompletion(a.result()) },
	"fish": func(a *app, root *cobra.Command) error { return root.GenFishCompletion(a.result(), true) },
}

var shellNames = []string{"bash", "zsh", "fish"}

func (a *app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print the completions for a shell",
		Long: `Print a script that completes commands, flags and their values.

    source <(gilwatch completion bash)
    gilwatch completion zsh > "${fpath[1]}/_gilwatch"
    gilwatch completion fish > ~/.config/fish/completions/gilwatch.fish

bash needs the package bash-completion.`,
		Args:      arguments(1, 1, "source <(gilwatch completion bash)"),
		ValidArgs: shellNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			write := shells[args[0]]
			if write == nil {
				return hinted(quoted("no completions for the shell %s", args[0]), "use one of: "+strings.Join(shellNames, ", "))
			}
			return write(a, cmd.Root())
		},
	}
}

// isCompletion tells whether a command answers a shell.
func isCompletion(cmd *cobra.Command) bool {
	switch cmd.Name() {
	case "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
		return true
	}
	return false
}

// completeValues lets shells complete the values of all flags that are words, and the
// names of files where only some endings make sense.
func completeValues(root *cobra.Command) {
	eachFlag(root, func(cmd *cobra.Command, f *pflag.Flag) {
		if c, ok := f.Value.(settings.Chooser); ok && len(c.Choices()) > 0 {
			register(cmd, f.Name, cobra.FixedCompletions(c.Choices(), cobra.ShellCompDirectiveNoFileComp))
			return
		}
		switch f.Name {
		case "report":
			register(cmd, f.Name, completeSpec)
		case "baseline":
			register(cmd, f.Name, endings("json"))
		case "suppressions":
			register(cmd, f.Name, endings("supp"))
		}
	})
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "report", "diff":
			cmd.ValidArgsFunction = endings("json")
		case "version", "env":
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

func register(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag is not there, or has two
	}
}

// endings completes the files with these endings, and folders.
func endings(names ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(names, cobra.ShellCompDirectiveFilterFileExt)
}

// completeSpec completes FORMAT=, and leaves PATH to the shell.
func completeSpec(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.Contains(typed, "=") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var formats []cobra.Completion
	for _, format := range report.Formats() {
		formats = append(formats, format+"=")
	}
	return formats, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}
