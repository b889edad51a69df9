package inherit

import (
	"syscall"
	"unsafe"
)

const (
	sigIgn     = 1 // SIG_IGN, asm-generic/signal-defs.h
	sigSetSize = 8 // bytes in the kernel's sigset_t
)

// sigaction is the kernel's struct sigaction (asm-generic/signal.h).
type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// ignoredNow asks the kernel which signals are ignored. After the runtime has
// started these are SIGHUP, SIGINT and the job-control signals, if they were
// ignored before: the runtime respects these alone (runtime/signal_unix.go,
// sigInstallGoHandler).
func ignoredNow() (set uint64) {
	for sig := uintptr(1); sig <= 64; sig++ {
		var old sigaction
		_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, sig, 0,
			uintptr(unsafe.Pointer(&old)), sigSetSize, 0, 0)
		if errno == 0 && old.handler == sigIgn {
			set |= 1 << (sig - 1)
		}
	}
	return set
}

// blockedNow asks the kernel for this thread's signal mask. The runtime has
// unblocked SIGCHLD, SIGPROF and the fault signals (runtime/signal_unix.go,
// minitSignalMask).
func blockedNow() (set uint64) {
	syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, 0, 0, uintptr(unsafe.Pointer(&set)), sigSetSize, 0, 0)
	return set
}
