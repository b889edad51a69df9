// Gen writes the offsets of CPython's structures that a stack walk needs, a file for each
// minor version whose headers it is given, from a C program compiled against those headers.
// It is run by go generate in internal/pystack, with the include folders as arguments. A
// version whose headers are not given keeps its file.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: gen INCLUDE-FOLDER...")
		os.Exit(2)
	}
	for _, include := range os.Args[1:] {
		if err := write(include); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}

// write generates the file of the version whose headers lie in include.
func write(include string) error {
	minor, err := minorVersion(include)
	if err != nil {
		return err
	}
	source, err := render(include, minor)
	if err != nil {
		return err
	}
	if err := os.WriteFile(fileName(minor), source, 0o644); err != nil {
		return fmt.Errorf("write the offsets of 3.%d: %w", minor, err)
	}
	return nil
}

// fileName is the generated file of 3.minor in internal/pystack.
func fileName(minor int) string { return fmt.Sprintf("offsets_3%02d_gen.go", minor) }
