package collector

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/procstat"
)

// errTooMany is why a process's end is not watched when the descriptors for that are used.
var errTooMany = errors.New("as many processes are watched as descriptors may be used for")

// ends watches processes that are not gilwatch's children: a pidfd each, all in one
// epoll, as long as they run. Of a process whose end comes before it is watched is known that
// it has ended, not how; what stands in the way of watching is no reason to fail.
type ends struct {
	epoll, stop int                                  // stop is an eventfd
	limit       int                                  // of open pidfds
	status      func(fd int) (unix.WaitStatus, bool) // of a reaped process
	done        sync.WaitGroup

	mu      sync.Mutex
	running map[int]*process // by pidfd
	latest  map[int]*process // by pid
	wrote   map[file]*process
	begun   int // processes so far
}

// process is one process, however many programs it executes: each writes a journal.
type process struct {
	pid, fd int    // the pidfd is -1 once it is closed
	start   uint64 // see procstat.Stat.Start
	end     End
}

// file is the name of a journal.
type file struct {
	pid    int32
	serial uint32
}

func newEnds() (*ends, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("watching processes end: %w", err)
	}
	stop, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err == nil {
		err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, stop, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(stop)})
	}
	if err != nil {
		unix.Close(epoll)
		unix.Close(stop)
		return nil, fmt.Errorf("watching processes end: %w", err)
	}
	e := &ends{
		epoll: epoll, stop: stop, limit: limit(), status: pidfdStatus,
		running: map[int]*process{}, latest: map[int]*process{}, wrote: map[file]*process{},
	}
	e.done.Go(e.wait)
	return e, nil
}

// limit leaves half of the descriptors to everything else.
func limit() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 256
	}
	return int(min(l.Cur/2, 1<<16))
}

// watch begins to watch the process that writes a journal. An exec'd process says hello
// again, and may be heard only when it has ended; it stays the one that it was.
func (e *ends) watch(pid int32, serial uint32) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	key, known := file{pid, serial}, e.latest[int(pid)]
	if known != nil && known.start != 0 && procstat.Read(int(pid)).Start() == known.start {
		e.wrote[key] = known
		return nil
	}
	p, err := e.open(int(pid))
	if isGone(err) {
		if known == nil || known.fd < 0 { // how it ended was its parent's to see; that it has is known
			known = &process{pid: int(pid), fd: -1, end: End{Ended: time.Now()}}
		} // else it executed a program, and ended before that was heard
		e.wrote[key] = known
		return nil
	}
	if err != nil {
		return fmt.Errorf("watching process %d: %w", pid, err)
	}
	if known != nil && known.fd >= 0 {
		e.note(known)
	}
	e.latest[int(pid)], e.wrote[key] = p, p
	return nil
}

// open opens a pidfd and lets epoll watch it.
func (e *ends) open(pid int) (*process, error) {
	if len(e.running) >= e.limit {
		return nil, errTooMany
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("pidfd_open: %w", err)
	}
	// Edge-triggered: a zombie is readable all the time until its parent reaps it.
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET&0xffffffff, Fd: int32(fd)}
	if err := unix.EpollCtl(e.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("epoll_ctl: %w", err)
	}
	e.begun++
	p := &process{pid: pid, fd: fd, start: procstat.Read(pid).Start(), end: End{process: e.begun}}
	e.running[fd] = p
	return p, nil
}

func (e *ends) wait() {
	events := make([]unix.EpollEvent, 64)
	for {
		n, err := unix.EpollWait(e.epoll, events, -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return
		}
		for _, event := range events[:n] {
			if int(event.Fd) == e.stop {
				return
			}
			e.heed(int(event.Fd))
		}
	}
}

// heed is called when a pidfd's process became a zombie, and again when it was reaped.
func (e *ends) heed(fd int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.running[fd]; p != nil {
		e.note(p)
	}
}

// note asks how a process ended. Its pidfd is closed when that is known, or when nothing
// is left to ask.
func (e *ends) note(p *process) {
	if !hasEnded(p.fd) {
		return
	}
	if p.end.Ended.IsZero() {
		p.end.Ended = time.Now()
	}
	status, known := procstat.Read(p.pid).Exit()
	reaped := isReaped(p.fd)
	if reaped { // before or after stat was read: the number may be another's already
		status, known = e.status(p.fd)
	}
	if known {
		p.end.set(status)
	}
	if known || reaped {
		unix.Close(p.fd)
		delete(e.running, p.fd)
		p.fd = -1
	}
}

// of is how the process that wrote a journal ended, as far as it was seen.
func (e *ends) of(j *journal.Journal) (End, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.wrote[file{j.Pid, j.Serial}]
	if p == nil || p.end.Ended.IsZero() {
		return End{}, false
	}
	return p.end, true
}

// close stops watching; those that have ended meanwhile are asked once more.
func (e *ends) close() {
	_, _ = unix.Write(e.stop, binary.NativeEndian.AppendUint64(nil, 1))
	e.done.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.running {
		e.note(p)
	}
	for fd, p := range e.running {
		unix.Close(fd)
		p.fd = -1
	}
	clear(e.running)
	unix.Close(e.epoll)
	unix.Close(e.stop)
}
