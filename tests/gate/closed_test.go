package gate

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// A report into a stream that is closed is refused before the command starts, though Go has opened
// /dev/null there. Who wants none there has the command run, with its stream closed.
func TestClosedStream(t *testing.T) {
	const refused = "gilwatch: error: write the json report: /dev/stdout: it is closed\ngilwatch: hint: choose a path that can be written\n"
	file := filepath.Join(t.TempDir(), "report.json")
	for _, c := range []struct {
		report, redirect, stderr string
		status                   int
	}{
		{"-", ">&-", refused, 125},
		{"/dev/stdout", ">&-", refused, 125},
		{"/dev/stderr", "2>&-", "", 125},
		{file, ">&-", "ran\n", 1},
		{"/dev/null", ">&-", "ran\n", 1},
		{"-", "2>&-", "", 0},
	} {
		script := `exec "$0" run --quiet --report json="$1" -- sh -c 'echo ran >&2; test -e /dev/stdout' ` + c.redirect
		command := exec.Command("sh", "-c", script, watch.Binary(t), c.report)
		var stdout, stderr strings.Builder
		command.Stdout, command.Stderr = &stdout, &stderr
		_ = command.Run()
		if got := command.ProcessState.ExitCode(); got != c.status || stderr.String() != c.stderr {
			t.Errorf("json=%s %s: status %d, want %d; says\n%swant\n%s", c.report, c.redirect, got, c.status, &stderr, c.stderr)
		}
	}
}
