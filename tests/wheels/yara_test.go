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

// yara-python 4.3.1 gives references back after PyGILState_Release (VirusTotal/yara-python
// #237): a bug that was released, found as it was met. 3.11 runs on, 3.13 dies.
func TestYaraDropsReferencesDetached(t *testing.T) {
	each(t, []int{11, 13}, func(t *testing.T, py pythons.Python) {
		wrong := venv.New(t, py, testdata(t, "requirements-yara-wrong.txt"))
		result := watch.Run(t, script(t, wrong, "yara_workout.py"))
		result.Watched(t)
		if result.Report == nil {
			return
		}
		found := harmful(result.Report)
		if len(found) == 0 {
			t.Errorf("nothing found\n%s", result)
		}
		if !slices.ContainsFunc(found, func(v watch.Violation) bool { return v.Function == "_Py_Dealloc" }) {
			t.Errorf("the dropped reference was not found\n%s", result)
		}
		for _, violation := range found {
			if !fromYara(violation) {
				t.Errorf("found something else: %s", violation)
			}
			// yr_rules_load_stream is called inside of Py_BEGIN_ALLOW_THREADS, and is not what
			// explains.
			if violation.ReleasedBy == nil || *violation.ReleasedBy != "PyGILState_Release" || !inStream(violation.ReleasedAt) {
				t.Errorf("released by %v at %v, want PyGILState_Release in the stream", violation.ReleasedBy, violation.ReleasedAt)
			}
		}
		if py.ThreadLocal() {
			result.Exit(t, 128+11) // SIGSEGV
		} else {
			result.Exit(t, 66)
			result.Prints(t, "['found']\n")
		}

		right := venv.New(t, py, testdata(t, "requirements-yara-right.txt"))
		twin := watch.Run(t, script(t, right, "yara_workout.py"))
		twin.Exit(t, 0)
		twin.Prints(t, "['found']\n")
		clean(t, twin)
	})
}

// fromYara says whether the caller is the stream that reads from, or writes to, a file
// object; Py_DECREF is inlined there.
func fromYara(violation watch.Violation) bool {
	return inStream(violation.NativeStack)
}

// inStream says whether the innermost function of yara's that has such a name is the stream's.
func inStream(frames []watch.Frame) bool {
	for _, frame := range frames {
		if frame.Module == nil || !strings.HasPrefix(filepath.Base(*frame.Module), "yara.") {
			return false
		}
		if frame.Function != nil && strings.HasPrefix(*frame.Function, "flo_") {
			return true
		}
	}
	return false
}

// each is pythons.Each for some minor versions.
func each(t *testing.T, minors []int, f func(t *testing.T, py pythons.Python)) {
	t.Helper()
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if !slices.Contains(minors, py.Minor) {
			t.Skip("the bug is the same on every version, and building takes its time")
		}
		f(t, py)
	})
}
