package wheels

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// memray writes its own functions over GOT slots when it starts to track, and the
// interpreter's addresses when it stops, in the modules loaded before and meanwhile. What
// is called afterwards is found all the same.
func TestGatesOutliveMemray(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		env := wheels(t, py)
		flags := fixture.Lazy.With("framed", "-fno-optimize-sibling-calls")
		early := fixture.Build(t, py, testdata(t, "memray/early.c"), flags)
		late := fixture.Build(t, py, testdata(t, "memray/late.c"), flags)
		for _, module := range []fixture.Module{early, late} {
			t.Run(module.Name, func(t *testing.T) {
				wrong := script(t, env, "memray_workout.py", module.Name, "wrong").Importing(early, late)
				found := watch.Run(t, wrong)
				found.Watched(t)
				if !onlyFrom(found.Report, module.File) {
					t.Errorf("want PyUnicode_FromString from %s alone\n%s", module.File, found)
				}
				if py.ThreadLocal() {
					found.Exit(t, 128+11) // SIGSEGV: no thread state to allocate with
				} else {
					found.Exit(t, 66)
					found.Prints(t, "made after memray\n")
				}

				right := script(t, env, "memray_workout.py", module.Name, "right").Importing(early, late)
				twin := watch.Run(t, right)
				twin.Exit(t, 0)
				twin.Prints(t, "made after memray\n")
				clean(t, twin)
			})
		}
	})
}

// onlyFrom says whether one PyUnicode_FromString, called from the module with that file
// name, is all that was found besides notes. memray has some: its allocation hook reads the
// frame of a thread that has let go of the GIL.
func onlyFrom(report *watch.Report, module string) bool {
	if report == nil {
		return false
	}
	found := harmful(report)
	return len(found) == 1 && found[0].Function == "PyUnicode_FromString" &&
		len(found[0].NativeStack) > 0 && found[0].NativeStack[0].In(module)
}
