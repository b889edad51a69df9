package session

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// Holders lists the running processes that were started with the session's shim, by what
// their environment says: those that may load an interpreter later are among them. One
// that has overwritten its environment, or that we may not look at, is not.
func (s *Session) Holders() []int { return holders(s.Folder)[s.Folder] }

// holders lists the processes for each of the session folders.
func holders(folders ...string) map[string][]int {
	found := map[string][]int{}
	entries, err := os.ReadDir("/proc")
	if err != nil || len(folders) == 0 {
		return found
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		environ, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		if err != nil { // ended meanwhile, or another user's
			continue
		}
		for _, folder := range folders {
			if names(environ, filepath.Join(folder, ShimName)) {
				found[folder] = append(found[folder], pid)
			}
		}
	}
	return found
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
