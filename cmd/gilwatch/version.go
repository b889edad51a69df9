package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/gilwatch/gilwatch/internal/shimfile"
	"github.com/spf13/cobra"
)

// version is set by the linker: -X main.version=…
var version string

// toolVersion is the linker's, else the module's as go install knows it.
func toolVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  arguments(0, 0, "gilwatch version"),
		RunE: func(*cobra.Command, []string) error {
			shim := "shim embedded"
			if !shimfile.Embedded() {
				shim = "shim not embedded"
			}
			_, err := fmt.Fprintf(a.result(), "gilwatch %s\n%s %s/%s, %s\n",
				toolVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, shim)
			return err
		},
	}
}
