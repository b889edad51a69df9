package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// chained runs a script that has the session's shim in its environment, looks for holders as
// long as one of its processes runs, and fails when a look finds none of them. The last process
// says that it is: at its end its memory goes before its files.
func chained(t *testing.T, script string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	s := Open(t.TempDir())
	had := longestLook
	longestLook = time.Minute
	t.Cleanup(func() { longestLook = had })
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd := exec.Command(path, "300")
	cmd.Env = []string{"LD_PRELOAD=" + filepath.Join(s.Folder, ShimName), "PATH=/bin:/usr/bin"}
	cmd.ExtraFiles = []*os.File{write} // each process has it as long as it lives
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	looks := 0
	for ; ; looks++ {
		none := len(s.Holders()) == 0
		poll := []unix.PollFd{{Fd: int32(read.Fd()), Events: unix.POLLIN}}
		if n, err := unix.Poll(poll, 0); err != nil && err != unix.EINTR {
			t.Fatal(err)
		} else if n == 1 {
			break
		}
		if none {
			t.Fatalf("look %d found no process, and there is one", looks)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if looks < 2 {
		t.Errorf("only %d looks", looks)
	}
}

// A process in the middle of its execve has an environment that reads as empty.
func TestHoldersInExecve(t *testing.T) {
	chained(t, `[ "$1" -gt 0 ] || { echo >&3; exit 0; }; exec "$0" $(($1 - 1))`)
}

// A process that forks and ends is gone before it was looked at, and its child came too late for
// that look. Each lives for as long as a thousand rounds take: of shorter ones one look after the
// other may miss all.
func TestHoldersInFork(t *testing.T) {
	chained(t, `[ "$1" -gt 0 ] || { echo >&3; exit 0; }; i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done; "$0" $(($1 - 1)) & exit 0`)
}
