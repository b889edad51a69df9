package embedded

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// Below an environment made by `gilwatch env`, `gilwatch run` watches what it runs, alone.
func TestRunBelow(t *testing.T) {
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, s folder) {
		for _, function := range []string{"wrong_truth", "right_truth"} {
			c := watch.Python(py, with("import calls; calls.CALL(); print('done')", function), m)
			c.Env = append(c.Env, "LD_PRELOAD="+s.preload)
			result := watch.Run(t, c)
			result.Prints(t, "done\n")
			result.Watched(t)
			if found := reports(result.Stderr); len(found) != 0 {
				t.Errorf("the outer session reports %q\n%s", found, result)
			}
			if function == "right_truth" {
				result.Clean(t)
				continue
			}
			result.Exit(t, 66)
			if v := result.Report.Violations; len(v) != 1 || v[0].Function != "PyObject_IsTrue" {
				t.Errorf("violations %v, want one\n%s", v, result)
			}
		}
	})
}

// Of two sessions' shims in one process the one behind is awake, whichever began first, and
// reports once.
func TestTwoShims(t *testing.T) {
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, first folder) {
		second := newFolder(t)
		for _, list := range []string{first.preload + ":" + second.preload, second.preload + " " + first.preload} {
			both := folder{list}
			result := both.run(t, watch.Python(py, "import calls; calls.wrong_truth(); print('done')", m))
			result.Exit(t, 0)
			result.Prints(t, "done\n")
			whole(t, result, "PyObject_IsTrue", "wrong_truth")
			if found := reports(result.Stderr); len(found) != 1 {
				t.Errorf("reported: %q, want one\n%s", found, result)
			}
			silent(t, both, watch.Python(py, "import calls; calls.right_truth()", m))
		}
	})
}

// A watched program starts another with the shim of another session: that one keeps it, and the
// starter's own is not put back beside it.
func TestStartedBelowAnother(t *testing.T) {
	const script = `
import os, subprocess, sys
other, code = sys.argv[1:]
environ = {"PYTHONPATH": os.environ["PYTHONPATH"], "LD_PRELOAD": other}
subprocess.check_call([sys.executable, "-c", code], env=environ)
os.environ["LD_PRELOAD"] = other
os.system('"%s" -c "%s"' % (sys.executable, code))
`
	on(t, func(t *testing.T, py pythons.Python, m fixture.Module, first folder) {
		second := newFolder(t)
		for _, function := range []string{"wrong_truth", "right_truth"} {
			code := with("import calls, os; calls.CALL(); print(os.environ['LD_PRELOAD'])", function)
			c := watch.Python(py, script, m)
			c.Args = append(c.Args, second.preload, code)
			result := first.run(t, c)
			result.Exit(t, 0)
			result.Prints(t, strings.Repeat(second.preload+"\n", 2))
			want := map[string]int{"wrong_truth": 2}[function]
			if found := reports(result.Stderr); len(found) != want {
				t.Errorf("reported: %q, want %d\n%s", found, want, result)
			}
		}
	})
}
