package gate

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// A forked child's violation is found, under the child's pid.
func TestFork(t *testing.T) {
	const code = `
import calls, os, sys
pid = os.fork()
if pid == 0:
    calls.CALL()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
print(pid)
`
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		result := watch.Run(t, watch.Python(s.py, with(code, "CALL", "wrong_truth"), s.module))
		result.Exit(t, violated)
		result.Watched(t)
		child, err := strconv.Atoi(strings.TrimSpace(result.Stdout))
		if err != nil {
			t.Fatal(err)
		}
		s.only(t, result, watch.Want{Function: touched, PID: child})

		watch.Run(t, watch.Python(s.py, with(code, "CALL", "right_truth"), s.module)).Clean(t)
	})
}

// A child made by a thread that is not the main one, with the GIL released around it.
func TestForkInThread(t *testing.T) {
	const code = `
import calls, os, threading, warnings
warnings.simplefilter("ignore")
statuses = []
def work():
    pid = os.fork()
    if pid == 0:
        calls.CALL()
        os._exit(0)
    statuses.append(os.waitpid(pid, 0)[1])
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(statuses)
`
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		result := watch.Run(t, watch.Python(s.py, with(code, "CALL", "wrong_truth"), s.module))
		result.Exit(t, violated)
		result.Prints(t, "[0]\n")
		s.only(t, result, watch.Want{Function: touched})

		watch.Run(t, watch.Python(s.py, with(code, "CALL", "right_truth"), s.module)).Clean(t)
	})
}

// multiprocessing's ways to start: a copy of the process, and a new interpreter.
func TestMultiprocessing(t *testing.T) {
	const code = `
import calls, multiprocessing, sys

def work(name):
    getattr(calls, name)()

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    process = context.Process(target=work, args=(sys.argv[2],))
    process.start()
    process.join()
    print(process.pid, process.exitcode)
`
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		script := filepath.Join(t.TempDir(), "script.py")
		if err := os.WriteFile(script, []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, way := range []string{"fork", "spawn"} {
			command := watch.Command{Args: []string{s.py.Path, script, way, "wrong_truth"}}
			result := watch.Run(t, command.Importing(s.module))
			result.Exit(t, violated)
			result.Watched(t)
			pid, code, _ := strings.Cut(strings.TrimSpace(result.Stdout), " ")
			child, err := strconv.Atoi(pid)
			if err != nil || code != "0" {
				t.Fatalf("%s: child %q, exit code %q\n%s", way, pid, code, result)
			}
			s.only(t, result, watch.Want{Function: touched, PID: child})

			command.Args[3] = "right_truth"
			watch.Run(t, command.Importing(s.module)).Clean(t)
		}
	})
}
