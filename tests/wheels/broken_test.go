package wheels

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// broken is a release that breaks the rule, as people can install it. testdata/broken has
// the program that shows it, and names the bug's report; it prints True.
type broken struct {
	name     string
	module   string // how the file names of its modules start
	function string // what is called detached, among others
	caller   string // whose frame is on every stack; "" where the module is stripped
	dies     bool   // from 3.12 on: no thread state to allocate with
}

var brokenReleases = []broken{
	{"rapidgzip", "rapidgzip.", "PyLong_FromLongLong", "PythonFileReader::", true},
	{"indexed_bzip2", "indexed_bzip2.", "PyLong_FromLongLong", "PythonFileReader::", true},
	{"openimageio", "OpenImageIO.", "PyObject_Size", "", false},
	{"pyeda", "picosat.", "PyMem_Realloc", "picosat_sat", true},
}

// Bugs that were released, found as people meet them: 3.11 runs on as if nothing were, and
// from 3.12 on most processes die. The next release, or the call that does it right, is clean.
func TestBrokenReleases(t *testing.T) {
	each(t, []int{11, 12}, func(t *testing.T, py pythons.Python) {
		wrong := venv.New(t, py, testdata(t, "broken/requirements-wrong.txt"))
		right := venv.New(t, py, testdata(t, "broken/requirements-right.txt"))
		for _, b := range brokenReleases {
			t.Run(b.name, func(t *testing.T) {
				found := watch.Run(t, script(t, wrong, "broken/"+b.name+"_workout.py", "wrong"))
				found.Watched(t)
				b.found(t, found)
				if b.dies && py.ThreadLocal() {
					found.Exit(t, 128+11) // SIGSEGV
				} else {
					found.Exit(t, 66)
					found.Prints(t, "True\n")
				}

				twin := watch.Run(t, script(t, right, "broken/"+b.name+"_workout.py", "right"))
				twin.Exit(t, 0)
				twin.Prints(t, "True\n")
				clean(t, twin)
			})
		}
	})
}

// found fails unless the function is in the report, and nothing but calls from b's module.
func (b broken) found(t *testing.T, result *watch.Result) {
	t.Helper()
	if result.Report == nil {
		return // Watched has failed
	}
	found := harmful(result.Report)
	if !slices.ContainsFunc(found, func(v watch.Violation) bool { return v.Function == b.function }) {
		t.Errorf("%s was not found\n%s", b.function, result)
	}
	for _, violation := range found {
		if !b.from(violation) {
			t.Errorf("found something else: %s", violation)
		}
	}
}

// from says whether b's module made the call, below its caller.
func (b broken) from(violation watch.Violation) bool {
	if len(violation.NativeStack) == 0 || violation.NativeStack[0].Module == nil ||
		!strings.HasPrefix(filepath.Base(*violation.NativeStack[0].Module), b.module) {
		return false
	}
	return b.caller == "" || slices.ContainsFunc(violation.NativeStack, func(f watch.Frame) bool {
		return f.Function != nil && strings.Contains(*f.Function, b.caller)
	})
}
