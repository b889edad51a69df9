package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
)

// knownCommand refuses the arguments of the root: they begin with no subcommand.
func (a *app) knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return a.unknownCommand(cmd, args[0])
}

// unknownCommand says what a word may mean that is no subcommand: one that is misspelled, or
// a command to watch.
func (a *app) unknownCommand(root *cobra.Command, name string) error {
	words := []string{name}
	if i := slices.Index(a.args, name); i >= 0 {
		words = slices.Clone(a.args[i:])
	}
	err := quoted("unknown command %s", name)
	if near := nearCommand(root, name); near != "" {
		words[0] = near
		return hinted(err, "perhaps you mean: gilwatch "+shellWords(words))
	}
	return hinted(err, "to watch a command, write: gilwatch run -- "+shellWords(words))
}

// nearCommand is the subcommand whose name is nearly this one, "" where none is. In a short
// word one letter may be wrong: uv is not run.
func nearCommand(root *cobra.Command, name string) string {
	edits := 2
	if len(name) < 5 {
		edits = 1
	}
	for _, command := range commandNames(root) {
		if levenshtein.ComputeDistance(strings.ToLower(name), command) <= edits {
			return command
		}
	}
	return ""
}

// commandNames are the names of the root's subcommands.
func commandNames(root *cobra.Command) []string {
	var names []string
	for _, sub := range root.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}

// helpCommand is cobra's, but that a topic that is not there is an error. It reads no
// settings, so that they can be broken.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Help about any command",
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = fmt.Errorf("no help about %q", rest[0])
			}
			if err != nil {
				return hinted(err, "the commands are: "+strings.Join(commandNames(cmd.Root()), ", "))
			}
			topic.InitDefaultHelpFlag() // so that it is shown
			return topic.Help()
		},
	}
}
