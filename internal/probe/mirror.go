package probe

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/procstat"
	"golang.org/x/sys/unix"
)

// A mirror is a process that stops when one that it started stops, so that the shell sees its
// job stopped. Nobody else would continue it when the stopped one goes on.
type mirror struct {
	pid   int
	start uint64 // tells it from a later process of that number
}

// mirrors are the names of programs that do so: sudo (exec_nopty.c, exec_monitor.c), those of
// util-linux's su-common.c, and package supervise. Of any other that lies stopped, somebody has
// stopped it for a reason of his own.
var mirrors = []string{"sudo", "su", "runuser", "gilwatch"}

const (
	// mirrorDelay is how long after a stop a mirror may follow it, looked for in steps that
	// double.
	mirrorDelay = 64 * time.Millisecond
	// mirrorSettles is what a mirror needs to continue its command in turn, when it is
	// continued: that must not come when the command has been stopped once more.
	mirrorSettles = 2 * time.Millisecond
)

// resume lets a process go on that the programs have stopped, and with it those between it
// and this process that have stopped as well.
func (s *Session) resume(pid int, goOn func()) {
	between := mirrorsOf(pid)
	if s.wake(between) {
		time.Sleep(mirrorSettles)
	}
	goOn()
	if len(between) == 0 {
		return
	}
	s.done.Go(func() {
		for delay := time.Millisecond; delay <= mirrorDelay; delay *= 2 {
			time.Sleep(delay)
			s.mu.Lock()
			s.wake(between)
			s.mu.Unlock()
		}
	})
}

// wake continues the mirrors that lie stopped. A process that the programs have stopped lies so
// until its record is handled, which is why nothing is done while there are records.
func (s *Session) wake(those []mirror) (woken bool) {
	for _, m := range those {
		stat := procstat.Read(m.pid)
		if stat.State() == "T" && stat.Start() == m.start && s.records.AvailableBytes() == 0 {
			_ = unix.Kill(m.pid, unix.SIGCONT) // it may be gone
			woken = true
		}
	}
	return woken
}

// mirrorsOf is the mirrors among the ancestors of a process up to this one, which started what is watched; none
// where it is not among them.
func mirrorsOf(pid int) (found []mirror) {
	for {
		pid = procstat.Read(pid).Parent()
		switch {
		case pid == os.Getpid():
			return found
		case pid <= 1:
			return nil
		}
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil && slices.Contains(mirrors, strings.TrimSpace(string(name))) {
			found = append(found, mirror{pid, procstat.Read(pid).Start()})
		}
	}
}
