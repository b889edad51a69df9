package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gilwatch/gilwatch/internal/refcount"
	"github.com/spf13/cobra"
)

func (a *app) cflagsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cflags",
		Short: "Print the compiler flags that make reference counts visible",
		Long: `Write a Python.h that includes the real one and then has Py_INCREF, Py_DECREF
and others checked by gilwatch, and print the flags that make a build use it.
They must stand before other include paths, so they go with the compilers:

    export CC="cc $(gilwatch cflags)" CXX="c++ $(gilwatch cflags)"
    pip install --no-binary :all: --no-cache-dir .

In CFLAGS they come too late for some builds, which then fail and say so.`,
		Args: arguments(0, 0, `CC="cc $(gilwatch cflags)" python setup.py build_ext`),
		RunE: func(*cobra.Command, []string) error {
			cache, err := os.UserCacheDir()
			if err != nil {
				return hinted(fmt.Errorf("find the user's cache folder: %w", err), "set XDG_CACHE_HOME or HOME")
			}
			folder, err := refcount.Install(filepath.Join(cache, "gilwatch"))
			if err != nil {
				return hinted(err, "set XDG_CACHE_HOME to a folder that can be written")
			}
			_, err = fmt.Fprintln(a.result(), shellWords(refcount.Flags(folder))) // without quotes, if it can be: nobody takes them off $(...)
			return err
		},
	}
}
