package probe

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/process"
	"github.com/gilwatch/gilwatch/internal/probe/program"
	"github.com/gilwatch/gilwatch/internal/procstat"
	"github.com/gilwatch/gilwatch/internal/pystack"
)

// target is one program that a process runs: one that executes another becomes another.
type target struct {
	id        uint32 // the programs' number for its process
	pid       int
	pidfd     int
	asked     bool   // by --pid, not found as a child
	own       bool   // gilwatch itself, which starts what is watched
	process   uint32 // the id of the first program of its process; 0: its own
	journal   *journal.Journal
	objects   map[uint64]*object // what is mapped now, by its address
	files     []*file            // of the journal\'s modules
	interp    *process.Interpreter
	group     uint32
	memory    pystack.Memory
	letGo     io.Closer // of memory; nil if it is another target's
	loaded    bool      // it has been looked at
	refused   error     // one of its files may not be opened; cap_perfmon alone shows no more than its mappings
	end       *collector.End
	over      bool   // it has ended or executes another program now
	root      string // what stands before its paths; "" is our own tree
	python    map[uint64]collector.PythonStack
	found     map[program.Variant]int // index in the journal's violations
	births    map[uint32]*program.Birth
	gaps      map[string]bool
	unjudged  uint64 // calls of which the programs could say nothing
	addresses int    // of C-API functions that modules load: calls through them are not seen
	head      []byte // of _PyRuntime, which never changes and dies with the process
}

// object is a file in a target.
type object struct {
	*process.Object
	file   *file
	module int // index in the journal
}

// Errors of Attach.
var (
	ErrNoProcess = errors.New("no such process")
	ErrDied      = errors.New("it ended while it was being looked at")
	ErrNoRight   = errors.New("it may not be looked at")
)

// pidError says which of these an error of the system is.
func pidError(pid int, err error) error {
	sentinel := ErrNoRight
	switch {
	case errors.Is(err, unix.ESRCH), errors.Is(err, os.ErrNotExist), errors.Is(err, unix.EINVAL):
		sentinel = ErrNoProcess
	case !errors.Is(err, os.ErrPermission):
		return fmt.Errorf("process %d: %w", pid, err)
	}
	return fmt.Errorf("process %d: %w: %w", pid, sentinel, err)
}

// newTarget begins the record of a process; id is the programs' number for it.
func newTarget(pid int, id uint32) (*target, error) {
	t := &target{
		id: id, pid: pid, pidfd: -1, objects: map[uint64]*object{}, python: map[uint64]collector.PythonStack{},
		found: map[program.Variant]int{}, births: map[uint32]*program.Birth{}, gaps: map[string]bool{},
	}
	t.journal = &journal.Journal{
		Pid: int32(pid), Serial: id, Started: time.Now(), State: journal.Off, Backend: "uprobe",
		Reason: process.ErrNotPython.Error(),
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return t, pidError(pid, err)
	}
	t.pidfd = fd
	if t.memory, t.letGo, err = pystack.ProcessMemory(pid); err != nil {
		return t, pidError(pid, err)
	}
	return t, t.describe()
}

// describe reads what the process is, as far as it can be read. One whose files may not be
// read is an error: newer kernels show its mappings to cap_perfmon all the same.
func (t *target) describe() error {
	j, proc := t.journal, fmt.Sprintf("/proc/%d/", t.pid)
	var err error
	if j.Exe, err = os.Readlink(proc + "exe"); errors.Is(err, os.ErrPermission) {
		return pidError(t.pid, err)
	}
	if raw, err := os.ReadFile(proc + "cmdline"); err == nil && len(raw) > 0 {
		j.Argv = strings.Split(strings.TrimSuffix(string(raw), "\x00"), "\x00")
	}
	j.Ppid = int32(procstat.Read(t.pid).Parent())
	return nil
}

// alive says whether the process still runs, as a *real* error of whatever failed.
func (t *target) alive() error {
	poll := []unix.PollFd{{Fd: int32(t.pidfd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(poll, 0)
		if err == unix.EINTR {
			continue
		}
		if n > 0 {
			return fmt.Errorf("process %d: %w", t.pid, ErrDied)
		}
		return nil
	}
}

// gap notes, once, what is not covered.
func (t *target) gap(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !t.gaps[text] {
		t.gaps[text] = true
		t.journal.Gaps = append(t.journal.Gaps, text)
	}
}

// close gives back the descriptors: of one that is over none is needed, and a session may see
// more processes than it may have files open.
func (t *target) close() {
	if t.pidfd >= 0 {
		unix.Close(t.pidfd)
		t.pidfd = -1
	}
	if t.letGo != nil {
		_ = t.letGo.Close() // it was only read
	}
}
