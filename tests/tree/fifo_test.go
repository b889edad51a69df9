package tree

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// makeFIFO makes what a process waits at until it is told to go on.
func makeFIFO(t *testing.T, path string) {
	t.Helper()
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tell lets the process at the FIFO go on.
func tell(t *testing.T, path string) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Error(err)
		return
	}
	f.Close()
}

func itoa(n int) string { return strconv.Itoa(n) }

// commandEnded waits until a process has no child left.
func commandEnded(t *testing.T, pid int) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if !anyChild(pid) {
			return
		}
	}
	t.Fatal("the command did not end")
}

// anyChild looks at the children of all of a process's threads.
func anyChild(pid int) bool {
	paths, _ := filepath.Glob("/proc/" + itoa(pid) + "/task/*/children")
	for _, path := range paths {
		if children, err := os.ReadFile(path); err == nil && len(children) > 0 {
			return true
		}
	}
	return false
}
