package gate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A command that is no Python runs as usual, and the report says that nothing was watched.
func TestNoPython(t *testing.T) {
	for _, c := range []struct {
		name, script, stdout string
		status               int
	}{
		{"succeeds", "echo out", "out\n", 0},
		{"fails", "echo out; exit 3", "out\n", 3},
		{"says 125 itself", "exit 125", "", 125},
		{"SIGTERM", "kill -TERM $$", "", 128 + 15},
		{"SIGKILL", "kill -KILL $$", "", 128 + 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result := watch.Run(t, watch.Command{Args: []string{"/bin/sh", "-c", c.script}})
			result.Exit(t, c.status)
			result.Prints(t, c.stdout)
			result.NothingWatched(t)
			if result.Stderr != "" {
				t.Errorf("stderr %q, want none", result.Stderr)
			}
		})
	}
}

// 126 and 127 mean what they mean to env and timeout.
func TestNotRunnable(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte("no program"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, program string
		status        int
	}{
		{"no such path", filepath.Join(folder, "missing"), 127},
		{"no such name", "gilwatch-test-no-such-command", 127},
		{"not executable", text, 126},
		{"a folder", folder, 126},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result := watch.Run(t, watch.Command{Args: []string{c.program}})
			result.Exit(t, c.status)
			if result.Stderr == "" {
				t.Error("gilwatch did not say why")
			}
		})
	}
}

// A Python's own status passes.
func TestStatusPasses(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for code, status := range map[string]int{
			"raise SystemExit(41)":                         41,
			"import os; os._exit(255)":                     255,
			"import os; os.kill(os.getpid(), 15)":          128 + 15,
			"import os; os.kill(os.getpid(), 9)":           128 + 9,
			"import os; os.abort()":                        aborted,
			"import ctypes; ctypes.string_at(0)":           crashed,
			"import os; os.execv('/bin/false', ['false'])": 1,
		} {
			result := watch.Run(t, watch.Python(py, code))
			result.Exit(t, status)
			result.Watched(t)
			result.None(t)
		}
	})
}

// Where no session folder can be made the command still runs, and gilwatch ends with 125.
func TestNoSessionFolder(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		command := watch.Python(py, "print('ran')")
		command.Env = []string{"TMPDIR=" + filepath.Join(t.TempDir(), "missing"), "XDG_RUNTIME_DIR="}
		result := watch.Run(t, command)
		result.Exit(t, 125)
		result.Prints(t, "ran\n")
		if result.Stderr == "" {
			t.Error("gilwatch did not say why it failed")
		}
	})
}
