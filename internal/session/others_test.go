package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Another user reaches nothing in the folder, though he knows its name; the session's own
// processes reach all of it.
func TestOthersAreKeptOut(t *testing.T) {
	needShim(t)
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	const nobody = 65534
	parent := t.TempDir()
	for _, dir := range []string{filepath.Dir(parent), parent} { // it is the folder itself that keeps him out
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(Options{Parent: parent})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	bell, err := os.OpenFile(s.Bell(), os.O_RDWR, 0) // a writer would wait for a reader
	if err != nil {
		t.Fatal(err)
	}
	defer bell.Close()
	for _, script := range []string{`ls "$0"`, `cat "$0/settings"`, `echo x >"$0/bell"`, `cat "$0/libgilwatch.so"`, `echo x >"$0/1.0"`} {
		own := exec.Command("sh", "-c", "umask 077; "+script, s.Folder)
		if out, err := own.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", script, err, out)
		}
		other := exec.Command("sh", "-c", script, s.Folder)
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if out, err := other.CombinedOutput(); err == nil {
			t.Errorf("another user can do %s: %s", script, out)
		}
	}
}
