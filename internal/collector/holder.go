package collector

import (
	"fmt"
	"os"
	"strings"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/internal/report"
)

// firstThreadLocal is the first minor version in which each thread has a current state of
// its own.
const firstThreadLocal = 12

// holder is who holds the GIL that the waiting thread lacks; state is the thread state that
// it gave up, 0 for none. nil is not known: there may be no GIL.
func (p *waiting) holder(state uint64) (*report.GILHolder, error) {
	if p.v.Kind != report.KindGILNotHeld && p.v.Kind != report.KindNotAttachedHere {
		return nil, nil // it is not there, or in pieces
	}
	lock, err := pystack.GILHolder(p.memory, p.in, state)
	if err != nil {
		return nil, err
	}
	out := &report.GILHolder{Held: lock.Held}
	if !p.attached(lock) {
		return out, nil
	}
	tid := lock.Thread.Tid(p.memory, int(p.v.Pid))
	if tid == 0 || tid == int(p.v.Tid) { // the one that waits: somebody else has its state
		return out, nil
	}
	out.TID, out.ThreadName = &tid, threadName(int(p.v.Pid), tid)
	return out, nil
}

// attached reports whether the thread that the lock's state was made for is the one that has
// it attached. Since 3.12 the thread says so itself. Up to 3.11 a thread that gave its state
// up through a gate says that it has not.
func (p *waiting) attached(lock pystack.Holder) bool {
	if lock.State == 0 {
		return false
	}
	if p.j.Attached == 0 {
		return true
	}
	word, err := lock.Thread.Word(p.memory, p.j.Attached)
	if p.in.Version.Minor >= firstThreadLocal {
		return err == nil && word == lock.State
	}
	return err == nil && word != journal.OwnGivenUp
}

// threadName is the name that the kernel has of a thread, nil when it is gone.
func threadName(pid, tid int) *string {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/comm", pid, tid))
	if err != nil {
		return nil
	}
	return text(strings.TrimSuffix(string(name), "\n"))
}
