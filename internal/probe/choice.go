package probe

import (
	"path/filepath"

	"github.com/gilwatch/gilwatch/internal/suppress"
)

// standardFolder holds the extension modules of CPython itself.
const standardFolder = "lib-dynload"

// takes tells whether a module is watched. The standard library's own modules are not,
// unless a glob asks for them: they make most calls, and are right.
func takes(m suppress.Modules, module string) bool {
	standard := filepath.Base(filepath.Dir(module)) == standardFolder
	return m.Counts(module) && (!standard || len(m.Watch) > 0)
}
