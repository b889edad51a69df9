// Package diff compares reports of an extension that was built in several ways.
package diff

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// The builds. Those with debug information tell inlined functions, the others don't.
var builds = []fixture.Flags{
	{Name: "O2", Args: []string{"-O2", "-g0"}},
	{Name: "O2-g", Args: []string{"-O2", "-g"}},
	{Name: "O0", Args: []string{"-O0", "-g0"}},
	{Name: "O0-g", Args: []string{"-O0", "-g", "-DREORDERED"}},
	{Name: "O3-noplt", Args: []string{"-O3", "-fno-plt", "-Wl,-z,now", "-g0", "-DREORDERED"}},
	{Name: "O1-g", Args: []string{"-O1", "-g", "-DREORDERED"}},
}

// record runs the fixture and returns the path of its report.
func record(t *testing.T, py pythons.Python, flags fixture.Flags) string {
	t.Helper()
	module := fixture.Build(t, py, "testdata/rebuilt.cc", flags)
	path := filepath.Join(t.TempDir(), "report.json")
	command := watch.Python(py, "import rebuilt; rebuilt.work()", module)
	command.Flags = []string{"--report", "json=" + path}
	watch.Run(t, command).Exit(t, 66)
	return path
}

// compare runs gilwatch diff and checks its status and its last line.
func compare(t *testing.T, older, newer, totals string, status int) {
	t.Helper()
	said, err := exec.Command(watch.Binary(t), "diff", older, newer).CombinedOutput()
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	if got != status || !strings.HasPrefix(lines[len(lines)-1], "gilwatch: "+totals) {
		t.Errorf("status %d, want %d and %q\n%s", got, status, totals, said)
	}
}

// A rebuild with other flags, in another order of lines, on another Python, brings
// nothing new; nor where both have debug information.
func TestRebuilt(t *testing.T) {
	all := pythons.All(t)
	first, told := record(t, all[0], builds[0]), record(t, all[0], builds[1])
	for i := range max(len(builds), len(all)) { // each build and each interpreter
		flags, py := builds[i%len(builds)], all[i%len(all)]
		t.Run(flags.Name+"-"+py.Name(), func(t *testing.T) {
			again := record(t, py, flags)
			compare(t, first, again, "0 new, 0 gone", 0)
			compare(t, again, first, "0 new, 0 gone", 0)
			compare(t, again, told, "0 new, 0 gone", 0)
			compare(t, told, again, "0 new, 0 gone", 0)
		})
	}
}

// The twin: one bug more is one that is new.
func TestNewBug(t *testing.T) {
	all := pythons.All(t)
	first := record(t, all[0], builds[0])
	for i, py := range all {
		flags := builds[2+i%3]
		t.Run(flags.Name+"-"+py.Name(), func(t *testing.T) {
			worse := record(t, py, flags.With(flags.Name+"-more", "-DMORE"))
			compare(t, first, worse, "1 new, 0 gone", 66)
			compare(t, worse, first, "0 new, 1 gone", 0)
		})
	}
}

// What a function's helper does from now on is new, though the function itself still does the
// same.
func TestHelper(t *testing.T) {
	all := pythons.All(t)
	for i, flags := range builds {
		py := all[i%len(all)]
		t.Run(flags.Name+"-"+py.Name(), func(t *testing.T) {
			before, worse := record(t, py, flags), record(t, py, flags.With(flags.Name+"-helper", "-DHELPER"))
			compare(t, before, worse, "1 new, 0 gone", 66)
			compare(t, worse, before, "0 new, 1 gone", 0)
		})
	}
}
