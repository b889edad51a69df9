package bindings

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// thousand calls a module of the example, good samples and bad ones by turns.
const thousand = `
import importlib, sys
from array import array
module = importlib.import_module("capsule_" + sys.argv[1])
good, refused = 0, 0
for number in range(1000):
    if number % 2:
        good += list(module.decimate(array("d", [1, 3, 5, 7, 9, 11]), 2)) == [2.0, 6.0, 10.0]
    else:
        try:
            module.decimate(array("d", [1, float("nan")]), 2)
        except ValueError as error:
            refused += str(error) == "sample 1 is not a number"
print(good, refused)
`

// With acquire the wrong example does what the right one does, a thousand times; each call
// that makes a capsule is in the report, acquired.
func TestAcquireNanobindExample(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		python := buildExample(t, py, "-O2")
		run := func(which string) *watch.Result {
			return watch.Run(t, watch.Command{
				Args:  []string{python, "-c", thousand, which},
				Flags: []string{"--on-violation", "acquire"},
			})
		}
		right := run("right")
		right.Clean(t)
		right.Prints(t, "500 500\n")

		wrong := run("wrong")
		wrong.Exit(t, 66)
		wrong.Prints(t, "500 500\n")
		capsules := 0
		for _, v := range wrong.Report.Violations {
			if v.Function == "PyCapsule_New" {
				capsules += v.Count
			}
			if v.Fatal || v.Acted == nil || v.Acted.Count != v.Count || v.Acted.Declined != 0 {
				t.Errorf("%s: %d calls, acted %+v, want all acquired", v, v.Count, v.Acted)
			}
		}
		if capsules != 500 {
			t.Errorf("%d calls of PyCapsule_New found, want 500\n%s", capsules, wrong)
		}
	})
}
