package supervise

import (
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/procstat"
	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
)

// stopped answers the command's stop by sig: the shell must see its job stopped,
// so this process stops by the same signal.
func (s *supervisor) stopped(sig unix.Signal) {
	foreground := s.tty.foreground()
	wantsTerminal := sig == unix.SIGTTIN || sig == unix.SIGTTOU
	switch {
	case wantsTerminal && foreground != 0 && (foreground == s.group || foreground == s.pid):
		s.tty.give(s.pid) // ours to give: `fg` without a stop before, or less is through
		s.signalGroup(unix.SIGCONT)
	case sig != unix.SIGSTOP && orphaned():
		// Nobody would continue us. In an orphaned group the kernel drops a typed
		// stop, and a read of the terminal fails; the command's group is not
		// orphaned, only because we are its parent. Without the terminal it gets
		// what the kernel sends to a stopped group that becomes orphaned
		// (kernel/exit.c, kill_orphaned_pgrp).
		if wantsTerminal {
			s.signalGroup(unix.SIGHUP)
		}
		s.signalGroup(unix.SIGCONT)
	case strings.ContainsAny(procstat.Read(s.pid).State(), "RSD"):
		// Somebody continued it meanwhile, and would not continue us.
	default:
		if foreground == s.pid {
			s.tty.give(s.group)
		}
		stopSelf(sig)
	}
}

// continued gives the terminal on, if the shell gave it to us, and continues the
// command.
func (s *supervisor) continued() {
	if s.ownContinue {
		s.ownContinue = false
		return
	}
	if s.tty.foreground() == s.group {
		s.tty.give(s.pid)
	}
	s.signalGroup(unix.SIGCONT)
}

// stopSelf stops this process by sig and returns when it was continued. The
// SIGCONT then waits among the caught signals.
func stopSelf(sig unix.Signal) {
	at := inherit.AtStart()
	if sig == unix.SIGSTOP || inherit.Has(at.Ignored|at.Blocked, sig) {
		_ = unix.Kill(unix.Getpid(), unix.SIGSTOP)
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// signal.Reset leaves the runtime's handler for these signals in place
	// (runtime/signal_unix.go, sigdisable), so the kernel is asked directly.
	var byDefault, caught kernelAction
	if err := sigaction(sig, &byDefault, &caught); err != nil {
		_ = unix.Kill(unix.Getpid(), unix.SIGSTOP)
		return
	}
	// To this thread: the default action is taken before the call returns.
	_ = unix.Tgkill(unix.Getpid(), unix.Gettid(), sig)
	_ = sigaction(sig, &caught, nil)
}

// kernelAction is the kernel's struct sigaction (asm-generic/signal.h). Zero, it
// is the default action.
type kernelAction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// sigaction is rt_sigaction(2).
func sigaction(sig unix.Signal, set, old *kernelAction) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig),
		uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), unsafe.Sizeof(set.mask), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// orphaned reports whether our process group has no member with a parent in
// another group of the session, that could continue it (POSIX, "Orphaned
// Process Group"). It looks along this process's ancestors.
func orphaned() bool {
	group := unix.Getpgrp()
	session, err := unix.Getsid(0)
	if err != nil {
		return false
	}
	for pid := unix.Getppid(); pid > 0; pid = procstat.Read(pid).Parent() {
		g, err := unix.Getpgid(pid)
		if err != nil {
			return true
		}
		if g != group {
			sid, err := unix.Getsid(pid)
			return err != nil || sid != session
		}
	}
	return true
}
