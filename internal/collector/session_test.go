package collector

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/session"
)

// newSession is a session folder with a bell and nothing else: no shim is needed here.
func newSession(t *testing.T) *session.Session {
	t.Helper()
	s := session.Open(t.TempDir())
	if err := unix.Mkfifo(s.Bell(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// lay writes a journal into the session's folder, under the name of its process.
func lay(t *testing.T, s *session.Session, j *journal.Journal) string {
	t.Helper()
	path := filepath.Join(s.Folder, strconv.Itoa(int(j.Pid))+"."+strconv.Itoa(int(j.Serial)))
	if err := os.WriteFile(path, j.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ring writes to the session's bell, as a process does.
func ring(t *testing.T, s *session.Session, data []byte) {
	t.Helper()
	bell, err := os.OpenFile(s.Bell(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer bell.Close()
	if _, err := bell.Write(data); err != nil {
		t.Fatal(err)
	}
}

// within fails the test if f has not returned after a time that no machine needs.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("still waiting for ", what)
	}
}

// python is a journal of a watched process with the interpreter, an extension, and one
// violation per frame list.
func python(pid int32, stacks ...[]uint64) *journal.Journal {
	j := &journal.Journal{
		Pid: pid, Ppid: 1, Started: time.Unix(1700000000, 0), State: journal.Watching, Python: "3.11.7",
		Build: journal.Shared, Oracle: journal.OracleGlobal, ModulesWatched: 1, FunctionsWatched: 1200,
		Exe: "/usr/bin/python3", Argv: []string{"python3", "x.py"},
		Modules: []journal.Module{
			{Path: "/gone/libpython3.11.so", BuildID: "aa", Bias: 0x10000, Start: 0x10000, End: 0x20000, Interpreter: true},
			{Path: "/gone/calls.so", BuildID: "bb", Bias: 0x30000, Start: 0x30000, End: 0x40000, Slots: 5},
		},
	}
	for i, frames := range stacks {
		j.Violations = append(j.Violations, journal.Violation{
			Kind: "gil-not-held", Function: "PyObject_IsTrue", Count: 1, Pid: pid, Tid: pid, Frames: frames,
			First: time.Unix(1700000001, 0), Last: time.Unix(1700000002, 0), Sequence: uint64(i + 1), Thread: "python3",
		})
	}
	return j
}
