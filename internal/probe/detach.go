package probe

import (
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/procstat"
)

// closeAll closes links. Each close removes its breakpoints, under one lock of the kernel's,
// and then waits for RCU (kernel/trace/bpf_trace.c, bpf_uprobe_multi_link_release): all for the
// same grace periods, if they wait together. So each is closed in a thread of its own, which
// begins when the one before waits. If all queued for the lock, it would change hands at each
// breakpoint, and a thread switch costs more than a breakpoint.
func closeAll(links []link.Link) {
	var done sync.WaitGroup
	for _, l := range links {
		c := closing{tid: make(chan int, 1), closed: make(chan struct{})}
		done.Go(func() { c.close(l) })
		c.waits()
	}
	done.Wait()
}

// closing is a thread that closes a link.
type closing struct {
	tid    chan int
	closed chan struct{}
}

func (c closing) close(l link.Link) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(c.closed)
	c.tid <- unix.Gettid()
	_ = l.Close() // nothing is left to do about it
}

// waits returns when the thread sleeps in the kernel, or is done. Sleep that is short is not
// for RCU, but for a lock that somebody else has.
func (c closing) waits() {
	const enough = 4
	often := unix.NsecToTimespec(50_000) // not time.Sleep, which epoll rounds up to a millisecond
	stat := fmt.Sprintf("/proc/self/task/%d/stat", <-c.tid)
	for asleep := 0; asleep < enough; {
		select {
		case <-c.closed:
			return
		default:
			_ = unix.Nanosleep(&often, nil)
		}
		raw, err := os.ReadFile(stat)
		if err != nil {
			return
		}
		asleep++
		if procstat.Parse(string(raw)).State() != "D" {
			asleep = 0
		}
	}
}
