package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// plannedCommands are part of the interface and not built yet. They take any
// flags and arguments, and say so.
func (a *app) plannedCommands() []*cobra.Command {
	planned := []struct{ use, short, instead string }{}
	var commands []*cobra.Command
	for _, p := range planned {
		commands = append(commands, &cobra.Command{
			Use:                p.use,
			Short:              p.short + " (not built yet)",
			DisableFlagParsing: true,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return hinted(fmt.Errorf("%s is not built yet", cmd.CommandPath()), p.instead)
			},
		})
	}
	return commands
}
