package gate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// What docs/acting.md says of the exit status: a command that failed keeps its own; one that
// succeeded gets --error-exitcode's; who aborts has died by SIGABRT, and a child of the
// command's that does leaves the status to the command.
func TestActingStatus(t *testing.T) {
	const fails, succeeds = "raise SystemExit(3)", "pass"
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		for _, c := range []struct {
			name, action, then string
			status             int
			flags              []string
		}{
			{"report, failed", "report", fails, 3, nil},
			{"report, succeeded", "report", succeeds, violated, nil},
			{"acquire, failed", "acquire", fails, 3, nil},
			{"acquire, succeeded", "acquire", succeeds, 7, []string{"--error-exitcode", "7"}},
			{"abort", "abort", succeeds, aborted, []string{"--error-exitcode", "7"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				command := watch.Python(s.py, "import calls\ncalls.wrong_truth()\n"+c.then, s.module)
				command.Flags = append([]string{"--on-violation", c.action}, c.flags...)
				watch.Run(t, command).Exit(t, c.status)
			})
		}
		t.Run("abort in a child", func(t *testing.T) {
			command := watch.Python(s.py, `
import os, calls
child = os.fork()
if child == 0:
    calls.wrong_truth()
print(os.waitpid(child, 0)[1] & 127, flush=True)
raise SystemExit(5)`, s.module)
			command.Flags = []string{"--on-violation", "abort"}
			result := watch.Run(t, command)
			result.Exit(t, 5)
			result.Prints(t, "6\n")
		})
	})
}

// Nothing stops or aborts for what the report would not count: modules that are left out, what
// is suppressed or in a baseline, and notes that nobody asked for. What is new still aborts.
func TestActingSparesKnown(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		folder := t.TempDir()
		rules, baseline := filepath.Join(folder, "rules"), filepath.Join(folder, "baseline.json")
		if err := os.WriteFile(rules, []byte("function:PyObject_IsTrue\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		const known = "import calls\nfor _ in range(3): calls.wrong_truth()\n"
		first := watch.Python(s.py, known, s.module)
		first.Flags = []string{"--report", "json=" + baseline}
		watch.Run(t, first).Exit(t, violated)
		for _, c := range []struct {
			name, code string
			flags      []string
			all        bool // whatever the module calls is spared
		}{
			{"ignored", known, []string{"--ignore", "calls*"}, true},
			{"not watched", known, []string{"--watch", "other*"}, true},
			{"suppressed", known, []string{"--suppressions", rules}, false},
			{"in the baseline", known, []string{"--baseline", baseline}, false},
			{"note", "import calls\ncalls.wrong_callable(len)\n", nil, false},
		} {
			t.Run(c.name, func(t *testing.T) {
				for _, action := range []string{"abort", "stop"} {
					command := watch.Python(s.py, c.code+"print('alive')", s.module)
					command.Flags = append([]string{"--on-violation", action}, c.flags...)
					result := watch.Run(t, command)
					result.Exit(t, 0)
					result.Prints(t, "alive\n")
				}
				command := watch.Python(s.py, c.code+"print('alive', flush=True)\ncalls.wrong_long(7)\nprint('and now')", s.module)
				command.Flags = append([]string{"--on-violation", "abort"}, c.flags...)
				result := watch.Run(t, command)
				if c.all {
					result.Prints(t, "alive\nand now\n")
					return
				}
				result.Exit(t, aborted)
				result.Prints(t, "alive\n")
			})
		}
	})
}
