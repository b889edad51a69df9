package gate

import (
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A program linked with libpython: its own slots are gated, and its calls before the
// first and after the last moment of the interpreter are kinds of their own.
func TestEmbedding(t *testing.T) {
	onEachProgram(t, func(t *testing.T, program string) {
		for _, c := range []struct {
			mode string
			want []watch.Want
		}{
			{"attached", nil},
			{"again", nil},
			{"detached", []watch.Want{{Function: touched}}},
			{"again-detached", []watch.Want{{Function: touched}}},
			{"before-init", []watch.Want{{Function: touched, Kind: "before-init"}}},
			{"after-finalize", []watch.Want{
				{Function: touched, Kind: "after-finalize", Severity: "warning"}}},
		} {
			result := watch.Run(t, watch.Command{Args: []string{program, c.mode}})
			result.Watched(t)
			result.Prints(t, c.mode+" 1\n")
			for i := range c.want {
				c.want[i].Module = filepath.Base(program)
			}
			result.Only(t, c.want...)
			if len(c.want) > 0 && c.want[0].Severity == "" {
				result.Exit(t, violated)
			} else {
				result.Exit(t, 0)
			}
		}
	})
}

// An exit function runs when the thread state is gone. Its tail call returns into the
// interpreter: not a reason to drop it.
func TestExitFunction(t *testing.T) {
	onEachProgram(t, func(t *testing.T, program string) {
		result := watch.Run(t, watch.Command{Args: []string{program, "exit-function"}})
		result.Exit(t, 0)
		result.Watched(t)
		result.Only(t, watch.Want{
			Function: touched, Kind: "after-finalize", Severity: "warning", TailCall: true})
	})
}

// onEachProgram builds the embedding program for each interpreter that has a libpython.
func onEachProgram(t *testing.T, f func(t *testing.T, program string)) {
	t.Helper()
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if !py.Embeddable() {
			t.Skip("no libpython to link with")
		}
		for _, flags := range fixture.Bindings() {
			t.Run(flags.Name, func(t *testing.T) {
				f(t, fixture.Program(t, py, "testdata/embed.c", flags))
			})
		}
	})
}

// A program that dlopens libpython has no slot of its own: every call goes through what
// dlsym answered.
func TestLateLibpython(t *testing.T) {
	program := fixture.Host(t, "testdata/latehost.c", fixture.Lazy)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if !py.Embeddable() {
			t.Skip("no libpython to open")
		}
		library := filepath.Join(py.LibDir, py.Library)
		for _, scope := range []string{"global", "local"} {
			result := watch.Run(t, watch.Command{Args: []string{program, library, scope, "wrong"}})
			result.Exit(t, violated)
			result.Prints(t, "3 0\n")
			result.Watched(t)
			result.Only(t, watch.Want{Function: touched, Module: filepath.Base(program)})

			result = watch.Run(t, watch.Command{Args: []string{program, library, scope, "right"}})
			result.Clean(t)
			result.Prints(t, "2 0\n")
		}
	})
}
