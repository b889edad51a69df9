package collector

import (
	"encoding/binary"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/procstat"
	"github.com/gilwatch/gilwatch/internal/report"
)

// notYet is the reason for a process that was left alive without an interpreter in it.
const notYet = "no CPython interpreter was loaded in it as long as gilwatch ran"

// WaitForRest waits for the processes of the session that outlive the command, and for
// those that they start, until all have ended, the time is over, or something comes over
// stop. The report names those that are left.
func (c *Collector) WaitForRest(limit time.Duration, stop <-chan os.Signal) {
	deadline := time.Now().Add(limit)
	stopped, release := stopDescriptor(stop)
	defer release()
	for {
		c.running = c.alive()
		if len(c.running) == 0 {
			return
		}
		for _, pid := range c.running {
			if !waitFor(pid, stopped, time.Until(deadline)) {
				c.running = c.alive()
				return
			}
		}
	}
}

// alive lists the processes of the session that are running, watched or not.
func (c *Collector) alive() []int {
	pids := c.session.Holders()
	if c.ends != nil {
		pids = append(pids, c.ends.alive()...)
	}
	slices.Sort(pids)
	return slices.Compact(pids)
}

// alive lists the watched processes that have not ended.
func (e *ends) alive() []int {
	e.mu.Lock()
	defer e.mu.Unlock()
	var pids []int
	for _, p := range e.running {
		if !hasEnded(p.fd) {
			pids = append(pids, p.pid)
		}
	}
	return pids
}

// stopDescriptor is a descriptor that can be read once something has come over stop; -1
// is none.
func stopDescriptor(stop <-chan os.Signal) (fd int, release func()) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return -1, func() {}
	}
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		select {
		case <-stop:
			_, _ = unix.Write(fd, binary.NativeEndian.AppendUint64(nil, 1))
		case <-done:
		}
	}()
	return fd, func() {
		close(done)
		<-over
		unix.Close(fd)
	}
}

// waitFor waits for a process's end, and is false if something else came first.
func waitFor(pid, stopped int, limit time.Duration) bool {
	if limit <= 0 {
		return false
	}
	process, err := unix.PidfdOpen(pid, 0)
	if isGone(err) {
		return true
	}
	if err != nil { // no descriptor left: it is named, not waited for
		return false
	}
	defer unix.Close(process)
	deadline := time.Now().Add(limit)
	poll := []unix.PollFd{{Fd: int32(process), Events: unix.POLLIN}, {Fd: int32(stopped), Events: unix.POLLIN}}
	for {
		left := time.Until(deadline)
		n, err := unix.Poll(poll, int(max(left, 0)/time.Millisecond)+1)
		switch {
		case err == unix.EINTR:
		case err != nil || poll[1].Revents != 0 || n == 0 && left <= 0:
			return false
		case poll[0].Revents != 0:
			return true
		}
	}
}

// addRunning marks the processes that are still alive, and names those of them that had no
// interpreter: it may come.
func (b *builder) addRunning() {
	for _, pid := range b.run.Running {
		known := false
		for i := len(b.report.Processes) - 1; i >= 0 && !known; i-- {
			p := &b.report.Processes[i]
			known = p.PID == pid
			p.Running = p.Running || known && p.Ended == nil
		}
		if p := (report.Process{PID: pid, Backend: report.BackendShim, Reason: text(notYet), Running: true}); !known && readProcess(&p) {
			b.report.Processes = append(b.report.Processes, p)
		}
	}
}

// readProcess fills in what /proc says of a running process.
func readProcess(p *report.Process) bool {
	folder := "/proc/" + strconv.Itoa(p.PID)
	stat := procstat.Read(p.PID)
	if stat.State() == "" || stat.State() == "Z" {
		return false
	}
	p.PPID = new(stat.Parent())
	if exe, err := os.Readlink(folder + "/exe"); err == nil {
		p.Exe = text(exe)
	}
	if argv, err := os.ReadFile(folder + "/cmdline"); err == nil && len(argv) > 0 {
		p.Argv = strings.Split(strings.TrimSuffix(string(argv), "\x00"), "\x00")
	}
	return true
}
