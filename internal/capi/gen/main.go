// Gen writes what is derived from the C-API rules: the shim's table and the page in the
// documentation. It is run by go generate in internal/capi.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gilwatch/gilwatch/internal/capi"
)

// outputs are the generated files, by their path from the repository's root.
var outputs = map[string]func([]capi.Rule) []byte{
	"shim/rules_gen.c": shimTable,
	"docs/rules.md":    docsPage,
}

func main() {
	if err := write(filepath.Join("..", "..")); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	rules := capi.All()
	for path, render := range outputs {
		if err := os.WriteFile(filepath.Join(root, path), render(rules), 0o644); err != nil {
			return fmt.Errorf("writing a generated file: %w", err)
		}
	}
	return nil
}
