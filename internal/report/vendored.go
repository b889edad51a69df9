package report

import (
	"slices"
	"strings"
)

// vendored tells whether a path inside of a tree belongs to what was installed or
// fetched into it, such as a virtual environment: not the reader's own code.
func vendored(file string) bool {
	return slices.ContainsFunc(strings.Split(file, "/"), func(part string) bool {
		return part == "site-packages" || part == "dist-packages" || part == "node_modules" || part == "_deps"
	})
}
