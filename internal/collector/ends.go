package collector

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// End is how a process ended.
type End struct {
	Ended    time.Time
	ExitCode *int // nil when it died by Signal
	Signal   *int
}

// ends watches processes that are not gilwatch's children: a pidfd each, all in one
// epoll. A process whose end comes before it is watched has none.
type ends struct {
	epoll int
	mu    sync.Mutex
	pidfd map[int]int // pid -> pidfd, while it runs
	end   map[int]End
	done  sync.WaitGroup
	stop  int // eventfd
}

func newEnds() (*ends, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("watching processes end: %w", err)
	}
	stop, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err == nil {
		err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, stop, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: 0})
	}
	if err != nil {
		unix.Close(epoll)
		return nil, fmt.Errorf("watching processes end: %w", err)
	}
	e := &ends{epoll: epoll, stop: stop, pidfd: map[int]int{}, end: map[int]End{}}
	e.done.Go(e.wait)
	return e, nil
}

// watch begins to watch a process. An exec'd process says hello again: its pidfd stays.
func (e *ends) watch(pid int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.pidfd[pid]; ok {
		return nil
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return fmt.Errorf("pidfd_open of process %d: %w", pid, err)
	}
	// Edge-triggered: a zombie is readable all the time until its parent reaps it.
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET&0xffffffff, Fd: int32(pid)}
	if err := unix.EpollCtl(e.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		unix.Close(fd)
		return fmt.Errorf("watching process %d: %w", pid, err)
	}
	e.pidfd[pid] = fd
	delete(e.end, pid) // an earlier process with this number
	return nil
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
			if event.Fd == 0 {
				return
			}
			e.note(int(event.Fd))
		}
	}
}

// note asks how a process ended, first when it is a zombie, then when it is reaped.
func (e *ends) note(pid int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	fd, ok := e.pidfd[pid]
	if !ok {
		return
	}
	end := e.end[pid]
	if end.Ended.IsZero() {
		end.Ended = time.Now()
	}
	status, known := exitStatus(fd, pid)
	if known {
		end.set(status)
		unix.Close(fd)
		delete(e.pidfd, pid)
	}
	e.end[pid] = end
}

func (e *End) set(status unix.WaitStatus) {
	if status.Signaled() {
		e.Signal = new(int(status.Signal()))
	} else {
		e.ExitCode = new(status.ExitStatus())
	}
}

// pidfdInfo is struct pidfd_info of Linux 6.15, include/uapi/linux/pidfd.h.
type pidfdInfo struct {
	Mask            uint64
	Cgroupid        uint64
	Pid, Tgid, Ppid uint32
	IDs             [8]uint32
	ExitCode        int32
	_               [1]uint32
}

const (
	pidfdGetInfo  = 0xc000ff0b | uint(unsafe.Sizeof(pidfdInfo{}))<<16 // _IOWR(0xFF, 11, struct pidfd_info)
	pidfdInfoExit = 1 << 3
)

// exitStatus is the wait status of a process that has ended: from the pidfd if the
// kernel tells (6.15, once the process is reaped), else from the zombie's
// /proc/PID/stat, whose last field it is.
func exitStatus(fd, pid int) (unix.WaitStatus, bool) {
	info := pidfdInfo{Mask: pidfdInfoExit}
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(pidfdGetInfo), uintptr(unsafe.Pointer(&info)))
	if errno == 0 && info.Mask&pidfdInfoExit != 0 {
		return unix.WaitStatus(info.ExitCode), true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	_, rest, ok := strings.Cut(string(stat), ") ") // the name may hold blanks, not this
	fields := strings.Fields(rest)
	if !ok || len(fields) < 50 || fields[0] != "Z" {
		return 0, false
	}
	code, err := strconv.ParseUint(fields[49], 10, 32)
	return unix.WaitStatus(code), err == nil
}

// of is how the process ended, as far as it was seen.
func (e *ends) of(pid int) (End, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	end, ok := e.end[pid]
	return end, ok
}

// close stops watching; those that have ended meanwhile are asked once more.
func (e *ends) close() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(e.stop, one[:])
	e.done.Wait()
	for pid := range e.running() {
		if ended(pid) {
			e.note(pid)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for pid, fd := range e.pidfd {
		unix.Close(fd)
		delete(e.pidfd, pid)
	}
	unix.Close(e.epoll)
	unix.Close(e.stop)
}

func (e *ends) running() map[int]bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	pids := make(map[int]bool, len(e.pidfd))
	for pid := range e.pidfd {
		pids[pid] = true
	}
	return pids
}

// ended tells whether a process is a zombie or gone.
func ended(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(stat), ") ")
	return err != nil || strings.HasPrefix(rest, "Z")
}
