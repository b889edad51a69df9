package gate

import (
	"regexp"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// What a process can see of itself is the same watched and unwatched, but for LD_PRELOAD.
func TestInvisible(t *testing.T) {
	const code = `
import os, re, resource, signal, sys, threading

def seen(moment):
    print(moment)
    print("threads", len(os.listdir("/proc/self/task")), threading.active_count())
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(("Name", "Threads", "SigBlk", "SigIgn", "SigCgt", "TracerPid", "Seccomp:")):
                print(line.strip())
    for fd in sorted(os.listdir("/proc/self/fd"), key=int):
        try:
            print("fd", fd, re.sub(r"\d+", "N", os.readlink("/proc/self/fd/" + fd)))
        except FileNotFoundError:
            pass  # the one that listed the folder
    # Values as hashes: what the environment holds is nothing for a log.
    for name in sorted(os.environ):
        if name != "LD_PRELOAD":
            print("environment", name, hash(os.environ[name]))
    print("modules", sorted(sys.modules))
    print("working folder", os.listdir("."))
    for number in sorted(signal.valid_signals()):
        if signal.getsignal(number) != signal.SIG_DFL:
            print("signal", number, signal.getsignal(number))
    print("open files", resource.getrlimit(resource.RLIMIT_NOFILE))

seen("start")
import ctypes, hashlib, json, zlib
pid = os.fork()
if pid == 0:
    seen("child")
    sys.stdout.flush()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
seen("end")
`
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		command := watch.Command{Args: []string{py.Path, "-W", "error", "-c", code}}
		command.Env = []string{"PYTHONHASHSEED=0"}
		command.Dir = t.TempDir()
		bare := watch.Bare(t, command)
		bare.Exit(t, 0)
		result := watch.Run(t, command)
		result.Clean(t)
		result.Like(t, bare)
	})
}

// address is a thread's in faulthandler's report.
var address = regexp.MustCompile(`0x[0-9a-f]+`)

// A crash looks as it does without gilwatch: faulthandler's report, the signal, no word more.
func TestInvisibleInACrash(t *testing.T) {
	const code = `
import faulthandler, os, signal
faulthandler.enable()
os.kill(os.getpid(), signal.SIGSEGV)
`
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		command := watch.Command{Args: []string{py.Path, "-c", code}}
		bare, result := watch.Bare(t, command), watch.Run(t, command)
		result.Exit(t, crashed)
		result.None(t)
		bare.Stderr = address.ReplaceAllString(bare.Stderr, "")
		result.Stderr = address.ReplaceAllString(result.Stderr, "")
		result.Like(t, bare)
	})
}
