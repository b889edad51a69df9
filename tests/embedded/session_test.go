// Package embedded holds the end-to-end tests of what `gilwatch env` sets up: programs that
// no gilwatch stands in front of, and that report on their own stderr.
package embedded

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

const crashed = 128 + 11 // SIGSEGV

// folder is a session folder that `gilwatch env` made.
type folder struct{ preload string }

// newFolder evaluates the line that `gilwatch env` prints, as a user's shell does.
func newFolder(t *testing.T) folder {
	t.Helper()
	cmd := exec.Command("sh", "-c", `line=$("$0" env) && eval "$line" && printf %s "$LD_PRELOAD"`, watch.Binary(t))
	parent := t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + parent}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("gilwatch env: %v\n%s", err, &stderr)
	}
	f := folder{string(out)}
	if filepath.Dir(filepath.Dir(f.preload)) != parent {
		t.Fatalf("LD_PRELOAD is %q, want a file in a folder of %s", f.preload, parent)
	}
	patient := journal.Settings{
		Wait: patience, Acquire: session.DefaultAcquire, JournalMax: session.DefaultJournalMax, Sensors: journal.AllSensors, Embedded: true,
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(f.preload), "settings"), patient.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// patience is how long a thread waits until its violation is reported. Of the usual two seconds
// a busy machine may not leave enough, and the tests want the report before the call goes on.
const patience = time.Minute

// run runs the command with the folder's shim preloaded, and nothing of gilwatch before it.
func (f folder) run(t *testing.T, c watch.Command) *watch.Result {
	t.Helper()
	c.Env = append(c.Env[:len(c.Env):len(c.Env)], "LD_PRELOAD="+f.preload)
	return watch.Bare(t, c)
}

// calls is the fixture with calls.c's wrong functions and their right twins.
func calls(t *testing.T, py pythons.Python) fixture.Module {
	t.Helper()
	return fixture.Build(t, py, "../gate/testdata/calls.c", fixture.Lazy)
}

// with replaces CALL in a script by the call to test.
func with(script, call string) string { return strings.ReplaceAll(script, "CALL", call) }

// reports are the violations on stderr: what stands between "error[KIND]: " and the next
// line's end, in the order of the output.
func reports(stderr string) []string {
	var found []string
	for line := range strings.Lines(stderr) {
		if rest, ok := strings.CutPrefix(line, "error[gil-not-held]: "); ok {
			function, _, _ := strings.Cut(rest, " ")
			found = append(found, function)
		}
	}
	return found
}

// whole fails unless a report has all its parts: the function, the caller's module, both
// stacks.
func whole(t *testing.T, r *watch.Result, function, caller string) {
	t.Helper()
	for _, part := range []string{
		"error[gil-not-held]: " + function + " called without the GIL",
		"in " + caller, "(calls.so)", "called from", "> " + caller, "released by PyEval_SaveThread at", "of the interpreter",
	} {
		if !strings.Contains(r.Stderr, part) {
			t.Errorf("the report lacks %q\n%s", part, r)
		}
	}
}

// silent fails if the right twin of a script printed a word on stderr, or ended or printed
// otherwise than without the shim.
func silent(t *testing.T, f folder, c watch.Command) {
	t.Helper()
	bare, result := watch.Bare(t, c), f.run(t, c)
	result.Exit(t, bare.Status)
	result.Like(t, bare)
	if result.Stderr != "" {
		t.Errorf("stderr of a right program: %q", result.Stderr)
	}
}
