package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spf13/pflag"
)

// environmentPrefix stands before a flag's name, in capitals, with _ for -.
const environmentPrefix = "GILWATCH_"

// flagsFromEnvironment sets each flag that the command line does not set and
// GILWATCH_<FLAG> does.
func flagsFromEnvironment(flags *pflag.FlagSet, lookup func(string) (string, bool)) error {
	var first error
	flags.VisitAll(func(f *pflag.Flag) {
		name := environmentPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, set := lookup(name)
		if !set || f.Changed || f.Name == "help" || first != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			first = hinted(fmt.Errorf("%s=%q: %w", name, value, err), "unset "+name+" or correct it")
		}
	})
	return first
}

// projectFile can hold flags under [tool.gilwatch].
const projectFile = "pyproject.toml"

// warnOfProjectFile says that this version does not read the flags that stand in
// the file: settings that have no effect must not go by in silence.
func warnOfProjectFile(log zerolog.Logger, path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if table := strings.TrimSpace(in.Text()); strings.HasPrefix(table, "[tool.gilwatch]") {
			log.Warn().Str("file", path).Msg("flags under [tool.gilwatch] are not read yet")
			return
		}
	}
}
