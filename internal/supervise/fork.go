package supervise

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// image is the command as the forked child needs it: pointers and numbers only.
type image struct {
	path    *byte
	argv    []*byte
	env     []*byte
	tty     uintptr // terminal to take the foreground of; ^0 for none
	status  uintptr // pipe that takes execve's error
	ignored uint64  // signals to ignore; all others get their default
	blocked uint64  // signal mask
	closed  uint64  // of descriptors 0 to 2
	files   syscall.Rlimit

	action kernelAction
	group  int32
}

const (
	noTerminal = ^uintptr(0)
	lastSignal = 64
	failed     = 253 // exit status of a child whose error has been told by the pipe
)

// The runtime's own preparations for a fork. Package syscall uses them; they
// are open to others as well (runtime/proc.go, go.dev/issue/67401).

//go:linkname beforeFork syscall.runtime_BeforeFork
func beforeFork()

//go:linkname afterFork syscall.runtime_AfterFork
func afterFork()

// fork makes a child that executes im. os/exec cannot be used: its child would
// take the terminal's foreground with SIGTTOU neither blocked nor ignored, or
// leave one of both to the command; and it knows neither which signals were
// ignored nor whether a descriptor was closed.
//
// The child calls nothing that may grow the stack or allocate. All signals are
// blocked from beforeFork on, until the mask of the command is set.
//
//go:norace
//go:nosplit
//go:noinline
func fork(im *image) (pid uintptr, errno syscall.Errno) {
	beforeFork()
	pid, _, errno = syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if pid != 0 || errno != 0 {
		afterFork()
		return pid, errno
	}
	for sig := uintptr(1); sig <= lastSignal; sig++ {
		// A handler of Go's must not run here once the mask is set. 1 is SIG_IGN.
		im.action.handler = uintptr(im.ignored >> (sig - 1) & 1)
		syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&im.action)), 0, 8, 0, 0)
	}
	syscall.RawSyscall(syscall.SYS_SETPGID, 0, 0, 0)
	if im.tty != noTerminal {
		self, _, _ := syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0)
		im.group = int32(self)
		syscall.RawSyscall(syscall.SYS_IOCTL, im.tty, unix.TIOCSPGRP, uintptr(unsafe.Pointer(&im.group)))
	}
	if im.files.Max != 0 {
		syscall.RawSyscall6(syscall.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, uintptr(unsafe.Pointer(&im.files)), 0, 0, 0)
	}
	for fd := uintptr(0); fd <= 2; fd++ {
		if im.closed>>fd&1 != 0 {
			syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
		}
	}
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&im.blocked)), 0, 8, 0, 0)
	_, _, errno = syscall.RawSyscall(syscall.SYS_EXECVE, uintptr(unsafe.Pointer(im.path)),
		uintptr(unsafe.Pointer(&im.argv[0])), uintptr(unsafe.Pointer(&im.env[0])))
	code := uintptr(errno)
	syscall.RawSyscall(syscall.SYS_WRITE, im.status, uintptr(unsafe.Pointer(&code)), unsafe.Sizeof(code))
	for {
		syscall.RawSyscall(syscall.SYS_EXIT_GROUP, failed, 0, 0)
	}
}
