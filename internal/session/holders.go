package session

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/gilwatch/gilwatch/internal/procstat"
)

// Holders lists the running processes that were started with the session's shim, by what
// their environment says: those that may load an interpreter later are among them. One
// that has overwritten its environment, or that we may not look at, is not.
func (s *Session) Holders() []int { return holders(s.Folder)[s.Folder] }

// How often it is looked for a folder's holders at least, if there seem to be none, and for how
// long at most. One that is forked during a look, by one that has ended before it was looked at,
// is missed: so a look is believed during which nothing was forked. On a busy machine something
// always is.
const fewestLooks = 2

var longestLook = 200 * time.Millisecond // tests have more time

// holders lists the processes for each of the session folders.
func holders(folders ...string) map[string][]int {
	found := map[string][]int{}
	deadline := time.Now().Add(longestLook)
	for look := 1; ; look++ {
		var none []string
		for _, folder := range folders {
			if len(found[folder]) == 0 {
				none = append(none, folder)
			}
		}
		before := newestTask()
		if len(none) > 0 {
			addHolders(found, none, deadline)
		}
		believed := newestTask() == before || time.Now().After(deadline)
		if len(none) == 0 || look >= fewestLooks && believed {
			return found
		}
	}
}

// newestTask is the number that was given to a process or thread last, in our pid namespace or
// one below it: the last field of /proc/loadavg (proc_loadavg(5)).
func newestTask() string {
	text, _ := os.ReadFile("/proc/loadavg")
	return string(text[bytes.LastIndexByte(text, ' ')+1:])
}

// addHolders looks at the newest processes first: those may be gone the soonest.
func addHolders(found map[string][]int, folders []string, deadline time.Time) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && pid != os.Getpid() {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	for _, pid := range slices.Backward(pids) {
		environ := environment(pid, deadline)
		for _, folder := range folders {
			if names(environ, filepath.Join(folder, ShimName)) {
				found[folder] = append(found[folder], pid)
			}
		}
	}
}

// executingCheck is how often a process is asked again that is in the middle of its execve: it
// may be waiting for a processor or for its file.
const executingCheck = time.Millisecond

// environment is what a process was started with; nothing if it has ended meanwhile, or is
// another user's. In the middle of an execve it reads as empty.
func environment(pid int, deadline time.Time) []byte {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	for {
		environ, err := os.ReadFile(folder + "/environ")
		if err != nil || len(environ) > 0 {
			return environ
		}
		if size, ok := procstat.Read(pid).Environment(); ok && size == 0 {
			return nil
		}
		if _, err := os.Readlink(folder + "/exe"); err != nil || time.Now().After(deadline) {
			return nil // a zombie, or a kernel thread
		}
		time.Sleep(executingCheck)
	}
}

// names tells whether an environment preloads the shim.
func names(environ []byte, shim string) bool {
	for _, variable := range bytes.Split(environ, []byte{0}) {
		value, ok := bytes.CutPrefix(variable, []byte("LD_PRELOAD="))
		if ok && bytes.Contains(value, []byte(shim)) {
			return true
		}
	}
	return false
}
