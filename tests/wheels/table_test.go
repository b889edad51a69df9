package wheels

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A call through numpy's table of function pointers is seen where numpy goes on to the
// interpreter; who called the table's function stands farther out.
func TestArrayTable(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		env := wheels(t, py)
		module := fixture.Build(t, py, testdata(t, "arraytable.c"), fixture.Lazy)
		run := func(call string) *watch.Result {
			command := watch.Python(py, `
try:
    import numpy._core._multiarray_umath as umath
except ImportError:
    import numpy.core._multiarray_umath as umath
import arraytable
arraytable.use(umath._ARRAY_API)
print(len(arraytable.`+call+`()), flush=True)
`, module)
			command.Args[0] = env.Python
			command.Env = append(command.Env, "PYTHONMALLOC=malloc")
			return watch.Run(t, command)
		}
		wrong := run("wrong_array")
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
				return f.In(module.File) && f.Function != nil && *f.Function == "make"
			}) {
				t.Errorf("who called numpy is not on the stack: %s", v)
			}
		}
		right := run("right_array")
		right.Exit(t, 0)
		right.Prints(t, "300\n")
		clean(t, right)
	})
}
