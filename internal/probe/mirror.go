package probe

import (
	"os"
	"time"

	"github.com/gilwatch/gilwatch/internal/procstat"
	"golang.org/x/sys/unix"
)

// A mirror is a process that stops when one that it started stops, so that the shell sees its
// job stopped: sudo does, and another gilwatch. Nobody else would continue it when the stopped
// one goes on.
type mirror struct {
	pid   int
	start uint64 // tells it from a later process of that number
}

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
	mirrors := mirrorsOf(pid)
	if s.wake(mirrors) {
		time.Sleep(mirrorSettles)
	}
	goOn()
	if len(mirrors) == 0 {
		return
	}
	s.done.Go(func() {
		for delay := time.Millisecond; delay <= mirrorDelay; delay *= 2 {
			time.Sleep(delay)
			s.mu.Lock()
			s.wake(mirrors)
			s.mu.Unlock()
		}
	})
}

// wake continues the mirrors that lie stopped. A process that the programs have stopped lies so
// until its record is handled, which is why nothing is done while there are records.
func (s *Session) wake(mirrors []mirror) (woken bool) {
	for _, m := range mirrors {
		stat := procstat.Read(m.pid)
		if stat.State() == "T" && stat.Start() == m.start && s.records.AvailableBytes() == 0 {
			_ = unix.Kill(m.pid, unix.SIGCONT) // it may be gone
			woken = true
		}
	}
	return woken
}

// mirrorsOf is the ancestors of a process up to this one, which started what is watched; none
// where it is not among them.
func mirrorsOf(pid int) (mirrors []mirror) {
	for {
		pid = procstat.Read(pid).Parent()
		switch {
		case pid == os.Getpid():
			return mirrors
		case pid <= 1:
			return nil
		}
		mirrors = append(mirrors, mirror{pid, procstat.Read(pid).Start()})
	}
}
