package main

import (
	"fmt"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/spf13/cobra"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain FUNCTION",
		Short: "Print the rule for a C-API function, and its source",
		Args:  arguments(1, 1, "gilwatch explain PyCapsule_New"),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := capi.Explain(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.result(), text)
			return err
		},
	}
}

// arguments checks the number of arguments; the error hints at an example.
func arguments(least, most int, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return hinted(fmt.Errorf("%s: an argument is missing", cmd.CommandPath()), "for example: "+example)
		case len(args) > most:
			return hinted(fmt.Errorf("%s: unexpected argument %q", cmd.CommandPath(), args[most]), "for example: "+example)
		}
		return nil
	}
}
