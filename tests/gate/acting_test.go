package gate

import (
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
