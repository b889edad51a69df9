package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/spf13/cobra"
)

func (a *app) envCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Print the export line that watches where no prefix can stand",
		Long: `Make a lasting session folder and print the line that preloads its shim:

    eval "$(gilwatch env)"

Each process then writes what it finds on its own stderr, a violation when it happens
and the totals when it ends. There is no report file, and its exit status stays its own:
no 66.`,
		Args: arguments(0, 0, `eval "$(gilwatch env)"`),
		RunE: func(*cobra.Command, []string) error {
			s, err := session.New(session.Options{Keep: true, Embedded: true})
			if err != nil {
				return err
			}
			a.log.Info().Str("folder", s.Folder).Msg("session folder made; it stays until you remove it")
			_, err = fmt.Fprintf(a.result(), "export LD_PRELOAD=%s\n", shellQuote(preload(s.Environ(os.Environ()))))
			return err
		},
	}
}

// preload returns the value of LD_PRELOAD in an environment.
func preload(environ []string) string {
	for _, e := range environ {
		if value, ok := strings.CutPrefix(e, "LD_PRELOAD="); ok {
			return value
		}
	}
	return ""
}
