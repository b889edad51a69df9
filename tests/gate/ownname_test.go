package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// An extension with a function of a name that the interpreter exports calls its own where
// the loader bound its own: with -Bsymbolic, or opened with RTLD_DEEPBIND.
func TestOwnName(t *testing.T) {
	symbolic := fixture.Lazy.With("symbolic", "-Wl,-Bsymbolic")
	onEach(t, "ownname.c", func(t *testing.T, s subject) {
		const code = `
import os, sys
if BOUND == "deepbind":
    sys.setdlopenflags(os.RTLD_NOW | os.RTLD_DEEPBIND)
import ownname
print(ownname.mine(), ownname.mine_detached())
`
		for _, bound := range []string{"default", "deepbind"} {
			if bound == "default" && !strings.HasSuffix(t.Name(), "symbolic") {
				continue // the interpreter's wins, and mine_detached would be a violation
			}
			command := watch.Python(s.py, with(code, "BOUND", `"`+bound+`"`), s.module)
			watch.Bare(t, command).Prints(t, "True True\n")
			result := watch.Run(t, command)
			result.Clean(t)
			result.Prints(t, "True True\n")
		}
	}, append(fixture.Bindings(), symbolic)...)
}
