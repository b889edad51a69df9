// Package gate holds the end-to-end tests of `gilwatch run`: fixtures in C and C++, each
// with a wrong function, which must be found, and its right twin, which must give nothing.
package gate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

const (
	violated = 66       // --error-exitcode's default
	aborted  = 128 + 6  // SIGABRT: Py_FatalError
	crashed  = 128 + 11 // SIGSEGV
)

// The function of fixture.h's touch: it needs an attached thread state, and every version
// survives it without one.
const touched = "PyObject_IsTrue"

// subject is a fixture module built for one interpreter.
type subject struct {
	py     pythons.Python
	module fixture.Module
}

// onEach builds the fixture testdata/<source> for every interpreter and set of flags (Lazy
// if none is given) and runs f on each, as a subtest.
func onEach(t *testing.T, source string, f func(t *testing.T, s subject), sets ...fixture.Flags) {
	t.Helper()
	if len(sets) == 0 {
		sets = []fixture.Flags{fixture.Lazy}
	}
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for _, flags := range sets {
			t.Run(flags.Name, func(t *testing.T) {
				f(t, subject{py, fixture.Build(t, py, "testdata/"+source, flags)})
			})
		}
	})
}

// command prints the results of calls to the module's functions, one a line.
func (s subject) command(calls ...string) watch.Command {
	var code strings.Builder
	fmt.Fprintf(&code, "import %s\n", s.module.Name)
	for _, call := range calls {
		fmt.Fprintf(&code, "print(%s.%s, flush=True)\n", s.module.Name, call)
	}
	return watch.Python(s.py, code.String(), s.module)
}

// right runs calls, in one process, that must give no violation and what they give
// without gilwatch.
func (s subject) right(t *testing.T, calls ...string) {
	t.Helper()
	command := s.command(calls...)
	result := watch.Run(t, command)
	result.Clean(t)
	result.Like(t, watch.Bare(t, command))
}

// wrong runs a call that the process survives: the wanted violation, called from the
// module, status 66, and the output that it has without gilwatch.
func (s subject) wrong(t *testing.T, call string, want watch.Want) watch.Violation {
	t.Helper()
	command := s.command(call)
	result := watch.Run(t, command)
	result.Exit(t, violated)
	result.Watched(t)
	bare := watch.Bare(t, command)
	bare.Exit(t, 0)
	result.Like(t, bare)
	return s.only(t, result, want)
}

// fatal runs a call in which the process dies: the wanted violation, called from the
// module, and the status and output that it has without gilwatch.
func (s subject) fatal(t *testing.T, call string, status int, want watch.Want) watch.Violation {
	t.Helper()
	command := s.command(call)
	result := watch.Run(t, command)
	result.Exit(t, status)
	result.Watched(t)
	watch.Bare(t, command).Exit(t, status)
	want.Fatal = true
	return s.only(t, result, want)
}

// only is Result.Only with the module as the caller, unless want names another.
func (s subject) only(t *testing.T, result *watch.Result, want watch.Want) watch.Violation {
	t.Helper()
	if want.Module == "" {
		want.Module = s.module.File
	}
	found := result.Only(t, want)
	if len(found) == 0 {
		return watch.Violation{}
	}
	return found[0]
}
