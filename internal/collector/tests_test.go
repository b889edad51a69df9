package collector

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// A violation is split by test and folds into the same again; a rule sees each test's calls
// alone.
func TestByTest(t *testing.T) {
	at := func(seconds int64) *time.Time { return new(time.Unix(seconds, 0)) }
	whole := report.Violation{ID: "x", Function: "f", Count: 10, FirstSeen: at(1), LastSeen: at(9), PID: 7, Processes: []int{7}, Fatal: true}
	shares := []journal.Share{
		{Test: "t.py::a (call)", Count: 2, First: *at(0), Last: *at(2)},
		{Test: "t.py::b (call)", Born: "t.py::a (call)", Count: 3, First: *at(3), Last: *at(8)},
		{Test: "t.py::a (teardown)", Born: "t.py::a (call)", Count: 4, First: *at(4), Last: *at(5)},
	}
	parts := byTest(whole, shares, nil)
	var counts []uint64
	var fatal []bool
	for _, part := range parts {
		counts, fatal = append(counts, part.Count), append(fatal, part.Fatal)
	}
	if !slices.Equal(counts, []uint64{2, 3, 4, 1}) || !slices.Equal(fatal, []bool{false, true, false, false}) {
		t.Errorf("the parts have %d calls, fatal %v", counts, fatal)
	}
	folded := report.Fold(parts)
	want := whole
	want.Tests, want.Pythons = []string{"t.py::a (call)", "t.py::a (teardown)"}, []string{}
	want.Outlived = []report.Outlived{{Test: "t.py::a (call)", During: []string{"t.py::b (call)"}}}
	if len(folded) != 1 || !reflect.DeepEqual(folded[0], want) {
		t.Errorf("folded\n%+v, want\n%+v", folded, want)
	}
	if alone := byTest(whole, nil, nil); len(alone) != 1 || !reflect.DeepEqual(alone[0], whole) {
		t.Errorf("without tests it is\n%+v, want\n%+v", alone, whole)
	}
}

func TestUnittestIn(t *testing.T) {
	frame := func(function, file string) report.PythonFrame {
		return report.PythonFrame{Function: &function, File: &file}
	}
	const lib = "/opt/lib/python3.12/"
	caller := frame("TestCase._callTestMethod", lib+"unittest/case.py")
	for want, stack := range map[string][]report.PythonFrame{
		"t.py::T::test_a (call)":                       {frame("helper", "/src/h.py"), frame("T.test_a", "/src/t.py"), caller, frame("TestCase.run", lib+"unittest/case.py")},
		"t.py::T::test_b (call)":                       {frame("T.test_b", "/src/t.py"), frame("patched", lib+"unittest/mock.py"), caller},
		"/else/t.py::test_c (call)":                    {frame("test_c", "/else/t.py"), frame("_callTestMethod", lib+"unittest/case.py")},
		"t.py::T::test_f (call)":                       {frame("T.test_f", "/src/t.py"), frame("slowly.<locals>.wrapper", "/src/decorators.py"), caller},
		"t.py::T::runTest (call)":                      {frame("helper", "/src/t.py"), frame("T.runTest", "/src/t.py"), caller},
		lib + "site-packages/p/t.py::T::test_d (call)": {frame("T.test_d", lib+"site-packages/p/t.py"), caller},
		"t.py::T::test_e (call)": {
			frame("T.test_e", "/src/t.py"), frame("Runner.run", lib+"asyncio/runners.py"),
			frame("IsolatedAsyncioTestCase._callTestMethod", lib+"unittest/async_case.py"),
		},
	} {
		if got := unittestIn(stack, new("/src")); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	// What no frame names is no test.
	for name, stack := range map[string][]report.PythonFrame{
		"no unittest":   {frame("main", "/src/main.py")},
		"a setup":       {frame("T.setUp", "/src/t.py"), frame("TestCase._callSetUp", lib+"unittest/case.py")},
		"a teardown":    {frame("T.tearDown", "/src/t.py"), frame("TestCase._callTearDown", lib+"unittest/case.py")},
		"a cleanup":     {frame("T.test_server_stop", "/src/t.py"), frame("TestCase._callCleanup", lib+"unittest/case.py")},
		"a class setup": {frame("T.setUpClass", "/src/t.py"), frame("TestSuite._handleClassSetUp", lib+"unittest/suite.py")},
		"a wrapper":     {frame("slowly.<locals>.wrapper", "/src/decorators.py"), caller},
	} {
		if got := unittestIn(stack, new("/src")); got != "" {
			t.Errorf("%s is %q", name, got)
		}
	}
}
