package gate

import (
	"os/exec"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// forbid makes a seccomp filter (linux/seccomp.h, linux/filter.h) that answers EPERM to the
// system calls that open files and make sockets.
const forbid = `
import ctypes, struct
def forbid(*numbers):
    load, equal, end = 0x20, 0x15, 0x06
    steps = [struct.pack("HBBI", load, 0, 0, 0)]
    for n in numbers:
        steps += [struct.pack("HBBI", equal, 0, 1, n), struct.pack("HBBI", end, 0, 0, 0x00050000 | 1)]
    steps.append(struct.pack("HBBI", end, 0, 0, 0x7fff0000))
    program = ctypes.create_string_buffer(b"".join(steps))
    header = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(program))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong]
    if prctl(38, 1, None, 0, 0) or prctl(22, 2, header, 0, 0): # NO_NEW_PRIVS, SECCOMP_MODE_FILTER
        raise OSError(ctypes.get_errno(), "prctl")
`

// A process that has shut itself in, or used up what it may have, still tells what it does;
// and finds the number of every new descriptor as it would without gilwatch.
func TestConfined(t *testing.T) {
	const descriptor = "; print(os.dup(0) if resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 4 else '')"
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		module := fixture.Build(t, py, "testdata/calls.c", fixture.Now)
		for name, prelude := range map[string]string{
			"all closed":        "os.closerange(3, 65536)",
			"few descriptors":   "resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))",
			"no descriptor":     "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
			"no address space":  "resource.setrlimit(resource.RLIMIT_AS, (1 << 20, 1 << 20))",
			"no file size":      "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
			"another root":      "os.mkdir('jail'); os.chroot('jail'); os.chdir('/')",
			"no socket":         forbid + "forbid(41, 53)",
			"no socket or open": forbid + "forbid(2, 41, 53, 257, 437)",
			"another user":      "os.setgid(65534); os.setuid(65534)",
		} {
			t.Run(name, func(t *testing.T) {
				// The right call first: of the two only the wrong one is found.
				command := watch.Python(py, "import calls, os, resource\n"+prelude+descriptor+"\nprint(calls.right_truth(), calls.wrong_truth())", module)
				bare := watch.Bare(t, command)
				if bare.Status != 0 {
					t.Skipf("this cannot be done here: %s", bare.Stderr)
				}
				result := watch.Run(t, command)
				result.Exit(t, violated)
				result.Like(t, bare)
				result.Watched(t)
				result.Only(t, watch.Want{Function: touched, Module: module.File})
			})
		}
	})
}

// Limits that a shell has set before the program starts hold for the shim as it is loaded.
func TestLimitedFromTheStart(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		module := fixture.Build(t, py, "testdata/calls.c", fixture.Now)
		for _, limit := range []string{"-v 100000", "-n 16", "-l 0", "-s 256", "-c 0"} {
			t.Run(limit, func(t *testing.T) {
				for function, want := range map[string]int{"wrong_truth": violated, "right_truth": 0} {
					python := watch.Python(py, "import calls; print(calls."+function+"())", module)
					python.Args = append([]string{"sh", "-c", "ulimit " + limit + ` && exec "$@"`, "sh"}, python.Args...)
					bare, result := watch.Bare(t, python), watch.Run(t, python)
					if bare.Status != 0 {
						t.Fatalf("without gilwatch: %s", bare.Stderr)
					}
					result.Exit(t, want)
					result.Like(t, bare)
					result.Watched(t)
					if want == 0 {
						result.Clean(t)
					} else {
						result.Only(t, watch.Want{Function: touched, Module: module.File})
					}
				}
			})
		}
	})
}

const incomplete = 125 // gilwatch's status when a process that should be watched was not

// A process that sees the session folder on a read-only mount, as all of /tmp may be to it,
// has no journal. It runs as ever, and is named with the reason.
func TestReadOnlyFolder(t *testing.T) {
	if said, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("unshare: %v: %s", err, said)
	}
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		module, folder := fixture.Build(t, py, "testdata/calls.c", fixture.Now), t.TempDir()
		for _, function := range []string{"wrong_truth", "right_truth"} {
			command := watch.Python(py, "import calls; print(calls."+function+"())", module)
			command.Env = append(command.Env, "TMPDIR="+folder)
			command.Args = append([]string{"unshare", "--mount", "sh", "-c",
				`mount --bind "$TMPDIR" "$TMPDIR" && mount -o remount,bind,ro "$TMPDIR" && exec "$@"`, "sh"}, command.Args...)
			bare, result := watch.Bare(t, command), watch.Run(t, command)
			if bare.Status != 0 {
				t.Fatalf("without gilwatch: %s", bare.Stderr)
			}
			result.Exit(t, incomplete)
			if result.Stdout != bare.Stdout {
				t.Errorf("stdout %q, without gilwatch %q", result.Stdout, bare.Stdout)
			}
			result.NothingWatched(t)
			hasNoJournal(t, result)
		}
	})
}

// A process that may write no byte to a file cannot be watched; it runs as ever, and the
// report says why it is missing.
func TestNoRoomForAJournal(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		command := watch.Command{Args: []string{"sh", "-c", `ulimit -f 0; "$0" -c "print('ran')" | cat`, py.Path}}
		bare, result := watch.Bare(t, command), watch.Run(t, command)
		if result.Stdout != "ran\n" || bare.Stdout != "ran\n" {
			t.Errorf("stdout %q, without gilwatch %q", result.Stdout, bare.Stdout)
		}
		result.NothingWatched(t)
		hasNoJournal(t, result)
	})
}

// hasNoJournal holds that a process is named that could not make its journal.
func hasNoJournal(t *testing.T, result *watch.Result) {
	t.Helper()
	for _, process := range result.Report.Processes {
		if process.Reason != nil && *process.Reason == "its journal could not be made: no space, or the session folder is out of its reach" {
			return
		}
	}
	t.Errorf("no process is said to have no journal\n%s", result)
}
