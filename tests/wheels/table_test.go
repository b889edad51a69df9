package wheels

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A call through one of numpy's tables of function pointers is seen where numpy goes on to
// the interpreter; who called the table's function stands farther out, at its line.
func TestFunctionTables(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		env := wheels(t, py)
		module := fixture.Build(t, py, testdata(t, "arraytable.c"), fixture.Lazy)
		for _, made := range []struct{ name, prints string }{{"array", "(300,)"}, {"ufunc", "[2. 3.]"}} {
			t.Run(made.name, func(t *testing.T) {
				run := func(call string) *watch.Result {
					command := watch.Python(py, `
import numpy
try:
    import numpy._core._multiarray_umath as umath
except ImportError:
    import numpy.core._multiarray_umath as umath
import arraytable
arraytable.use(umath._ARRAY_API, umath._UFUNC_API)
made = arraytable.`+call+`()
print(made.shape if isinstance(made, numpy.ndarray) else made(numpy.array([2.0, 3.0])), flush=True)
`, module)
					command.Args[0] = env.Python
					command.Env = append(command.Env, "PYTHONMALLOC=malloc")
					return watch.Run(t, command)
				}
				throughTable(t, run("wrong_"+made.name), module, lineOf(t, "arraytable.c", made.name))
				right := run("right_" + made.name)
				right.Exit(t, 0)
				right.Prints(t, made.prints+"\n")
				clean(t, right)
			})
		}
	})
}

// throughTable fails unless something was found, all of it called from numpy and, farther
// out, from the module's line.
func throughTable(t *testing.T, wrong *watch.Result, module fixture.Module, line int) {
	t.Helper()
	wrong.Watched(t)
	if wrong.Report == nil || len(wrong.Report.Violations) == 0 {
		t.Fatalf("nothing found\n%s", wrong)
	}
	for _, v := range wrong.Report.Violations {
		first := v.NativeStack[0].Module
		if first == nil || !strings.Contains(*first, "/numpy/") {
			t.Errorf("not called from numpy: %s", v)
		}
		if !slices.ContainsFunc(v.NativeStack, func(f watch.Frame) bool {
			return f.In(module.File) && f.Line != nil && *f.Line == line
		}) {
			t.Errorf("line %d, which called numpy, is not on the stack: %s", line, v)
		}
	}
}

// lineOf is the line of testdata's file that is marked so.
func lineOf(t *testing.T, name, mark string) int {
	t.Helper()
	source, err := os.ReadFile(testdata(t, name))
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(source), "/* MARK "+mark+" */")
	if !found {
		t.Fatalf("no mark %s in %s", mark, name)
	}
	return 1 + strings.Count(before, "\n")
}
