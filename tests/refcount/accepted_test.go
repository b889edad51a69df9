package refcount

import (
	"slices"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// expanded are the macros that testdata/accepted.h uses, on every version.
var expanded = []string{
	"PyCell_GET", "PyCell_SET", "PyList_GET_ITEM", "PyList_SET_ITEM", "PyTuple_SET_ITEM",
	"Py_CLEAR", "Py_DECREF", "Py_INCREF", "Py_SETREF", "Py_XDECREF", "Py_XINCREF", "Py_XSETREF",
}

// What a version's own macros accept (a value that is used, a variable in a register, a name
// with its scope), the checked ones do: it compiles without a warning, does the same, and
// each macro is found if it is wrong.
func TestAcceptedCode(t *testing.T) {
	flags := cflags(t)
	strict := fixture.Lazy.With("strict", "-Wshadow", "-DNDEBUG")
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for _, source := range []string{"accepted.c", "accepted.cc"} {
			t.Run(source, func(t *testing.T) {
				command := func(call string, flags ...string) watch.Command {
					m := fixture.Build(t, py, "testdata/"+source, strict.With("strict", flags...))
					return watch.Python(py, "import accepted\nprint(accepted."+call+"())", m)
				}
				watch.Bare(t, command("right")).Prints(t, "None\n") // as CPython has them
				right := watch.Run(t, command("right", flags...))
				right.Clean(t)
				right.Prints(t, "None\n")
				wrong := watch.Run(t, command("wrong", flags...))
				wrong.Exit(t, violated)
				wrong.Prints(t, "None\n")
				var found []string
				for _, v := range wrong.Report.Violations {
					found = append(found, v.Function)
				}
				for _, macro := range expanded {
					if !slices.Contains(found, macro) {
						t.Errorf("no %s\n%s", macro, wrong)
					}
				}
			})
		}
	})
}
