package formats

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// junitCase is a JUnit report of one case, and what became of that.
type junitCase struct{ path, kind string }

// junitOf makes of two runs the reports that have neither passed nor failed cases.
func junitOf(t *testing.T, wrong, right run) map[string]junitCase {
	t.Helper()
	lost := filepath.Join(t.TempDir(), "lost.json")
	changed := strings.Replace(read(t, right.path("json")), `"lost": 0`, `"lost": 1`, 1)
	if err := os.WriteFile(lost, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]junitCase{
		"known":       {render(t, 0, "--baseline", wrong.path("json"), wrong.path("json")), "Skipped"},
		"not watched": {render(t, 0, "--ignore", "*", right.path("json")), "Skipped"},
		"lost":        {render(t, 66, lost), "Error"},
	}
}

// render has `gilwatch report` write a JUnit report, which ends with a status.
func render(t *testing.T, status int, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.junit")
	command := exec.Command(watch.Binary(t), append([]string{"report", "--quiet", "--report", "junit=" + path}, args...)...)
	if said, _ := command.CombinedOutput(); command.ProcessState.ExitCode() != status {
		t.Fatalf("%q: %v\n%s", args, command.ProcessState, said)
	}
	return path
}
