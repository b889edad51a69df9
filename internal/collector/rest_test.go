package collector

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A session's leader that has ended leaves its number in use as long as the session has
// processes. Its end is an end all the same, and no reason to leave the others.
func TestWaitForLeaderOfASession(t *testing.T) {
	leader := exec.Command("/bin/sh", "-c", "read line <&3 & :")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	leader.ExtraFiles = append(leader.ExtraFiles, reader)
	leader.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := leader.Run(); err != nil {
		t.Fatal(err)
	}
	reader.Close()
	pid := leader.Process.Pid
	if err := unix.Kill(-pid, 0); err != nil {
		t.Fatalf("nothing is left of the session %d: %v", pid, err)
	}
	if !waitFor(pid, -1, time.Minute) {
		t.Error("it is not said to have ended")
	}
}

// One that runs has not ended when the time is over.
func TestWaitForAtTheLimit(t *testing.T) {
	c := begin(t)
	if waitFor(int(c.pid()), -1, time.Millisecond) {
		t.Error("a running process is said to have ended")
	}
	c.end("exit 0")
	if !waitFor(int(c.pid()), -1, time.Minute) {
		t.Error("one that has ended is not said to have")
	}
	c.reap()
}
