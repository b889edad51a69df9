package gate

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A fork while another thread looks a symbol up: no child may find a lock held for ever,
// whether or not it loads a library itself.
func TestForkDuringLookup(t *testing.T) {
	host := fixture.Host(t, "testdata/forkdlopen.c", fixture.Lazy)
	onLoader(t, func(t *testing.T, py pythons.Python) {
		module := fixture.Build(t, py, "testdata/calls.c", fixture.Now)
		same(t, watch.Command{Args: []string{host, libpython(py)}})
		same(t, watch.Command{Args: []string{host, libpython(py), module.Path()}})
	})
}

// A fork in a signal handler, which may have come in the middle of a load or a lookup.
func TestForkInSignalHandler(t *testing.T) {
	host := fixture.Host(t, "testdata/forksignal.c", fixture.Lazy)
	onLoader(t, func(t *testing.T, py pythons.Python) {
		module := fixture.Build(t, py, "testdata/calls.c", fixture.Now)
		same(t, watch.Command{Args: []string{host, libpython(py), module.Path()}})
	})
}

// A server that gives up rights and then forks: its child cannot make a journal of its own
// where the parent could, and is reported all the same.
func TestForkAfterDroppedRights(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give up what the test gives up")
	}
	const code = `
import calls, os, resource, sys
DROP
pid = os.fork()
if pid == 0:
    calls.CALL()
    os._exit(7)
status = os.waitpid(pid, 0)[1]
assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 7, status
print(pid)
`
	drops := map[string]string{
		"setuid": "os.setgid(65534); os.setuid(65534)",
		"chroot": "os.mkdir('jail'); os.chroot('jail'); os.chdir('/')",
		"nofile": "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
	}
	onLoader(t, func(t *testing.T, py pythons.Python) {
		s := subject{py, fixture.Build(t, py, "testdata/calls.c", fixture.Lazy)}
		for name, drop := range drops {
			t.Run(name, func(t *testing.T) {
				code := with(code, "DROP", drop)
				wrong := watch.Python(py, with(code, "CALL", "wrong_truth"), s.module)
				watch.Bare(t, wrong).Exit(t, 0)
				result := watch.Run(t, wrong)
				result.Exit(t, violated)
				result.Watched(t)
				child, err := strconv.Atoi(strings.TrimSpace(result.Stdout))
				if err != nil {
					t.Fatalf("%v\n%s", err, result)
				}
				s.only(t, result, watch.Want{Function: touched, PID: child})

				watch.Run(t, watch.Python(py, with(code, "CALL", "right_truth"), s.module)).Clean(t)
			})
		}
	})
}
