package collector

import (
	"errors"
	"os"
	"strconv"
	"strings"
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

// stat is a process's /proc file; see proc_pid_stat(5).
func stat(pid int) string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	return string(text)
}

// statFields are the fields of a stat from the third on, its state. The second, the name in
// brackets, may hold brackets and blanks; nothing behind it does.
func statFields(stat string) []string {
	return strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
}

// parseZombie reads the exit status out of the stat of a process that has ended and is not
// reaped: the last field.
func parseZombie(stat string) (unix.WaitStatus, bool) {
	const state, exitCode = 3, 52
	fields := statFields(stat)
	if len(fields) <= exitCode-state || fields[0] != "Z" {
		return 0, false
	}
	code, err := strconv.ParseUint(fields[exitCode-state], 10, 32)
	return unix.WaitStatus(code), err == nil
}

// parseStart reads when a process began, in ticks since the system did; 0 is not known. It
// tells apart those that have one number after the other, and an exec leaves it.
func parseStart(stat string) uint64 {
	const state, startTime = 3, 22
	fields := statFields(stat)
	if len(fields) <= startTime-state {
		return 0
	}
	start, err := strconv.ParseUint(fields[startTime-state], 10, 64)
	if err != nil {
		return 0
	}
	return start
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
