package attach

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A module that is loaded after the attach: with --stop-on-load not even its first call is
// missed.
func TestLoadedLater(t *testing.T) {
	needProbes(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		module := gate(t, py, "calls.c", debug)
		l, twin := startLive(t, py, nil, module), startLive(t, py, nil, module)
		a := attachPids(t, pidFlags(l, twin), "--stop-on-load")
		l.do("import calls; calls.wrong_truth()")
		twin.do("import calls; calls.right_truth()")
		l.end()
		twin.end()
		got := a.result()
		got.Watched(t)
		got.Only(t, watch.Want{Function: "PyObject_IsTrue", Module: module.File, PID: l.pid()})
		same(t, got, underRun(t, py, []string{"import calls; calls.wrong_truth()"}, module))
	})
}
