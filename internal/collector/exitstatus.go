package collector

import (
	"errors"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// End is how a process ended.
type End struct {
	Ended    time.Time
	ExitCode *int // nil when it died by Signal, or when its status was not seen
	Signal   *int
	process  int // tells processes with the same pid apart; 0 is not known
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

// pidfdStatus is the wait status of a process that was reaped, if the kernel tells (6.15).
func pidfdStatus(fd int) (unix.WaitStatus, bool) {
	info := pidfdInfo{Mask: pidfdInfoExit}
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(pidfdGetInfo), uintptr(unsafe.Pointer(&info)))
	return unix.WaitStatus(info.ExitCode), errno == 0 && info.Mask&pidfdInfoExit != 0
}

// hasEnded tells whether a pidfd's process is a zombie or gone: it can be read then.
func hasEnded(fd int) bool {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(poll, 0)
		if err != unix.EINTR {
			return err == nil && n == 1
		}
	}
}

// isReaped tells whether nothing is left of a pidfd's process.
func isReaped(fd int) bool { return unix.PidfdSendSignal(fd, 0, nil, 0) == unix.ESRCH }

// isGone tells whether pidfd_open failed because there is no such process. Before Linux 6.16 a
// number that a session or a process group still has in use is EINVAL (kernel/fork.c,
// pidfd_prepare).
func isGone(err error) bool { return errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) }
