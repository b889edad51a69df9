package supervise

import (
	"os"
	"os/signal"

	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
	"golang.org/x/sys/unix"
)

// ours are the signals that are not passed on: those that cannot be caught,
// those that report a fault of this process, and those that the kernel or Go's
// runtime sends to it for reasons of its own.
var ours = map[unix.Signal]bool{
	unix.SIGKILL: true, unix.SIGSTOP: true,
	unix.SIGILL: true, unix.SIGTRAP: true, unix.SIGBUS: true, unix.SIGFPE: true,
	unix.SIGSEGV: true, unix.SIGSTKFLT: true, unix.SIGSYS: true,
	unix.SIGCHLD: true, unix.SIGPIPE: true,
	unix.SIGURG: true, unix.SIGPROF: true, // the runtime's preemption and profiler
	32: true, 33: true, // glibc's own real-time signals, not visible to programs
}

// relayed returns the signals to catch: all but ours and the ignored ones,
// which would else no longer be ignored.
func relayed() (sigs []os.Signal) {
	ignored := inherit.AtStart().Ignored
	for sig := unix.Signal(1); sig <= lastSignal; sig++ {
		if !ours[sig] && !inherit.Has(ignored, sig) {
			sigs = append(sigs, sig)
		}
	}
	return sigs
}

// relay passes a signal on that this process received.
func (s *supervisor) relay(sig unix.Signal) {
	if s.held && s.relayHeld(sig) {
		return
	}
	switch sig {
	case unix.SIGCONT:
		s.continued()
	case unix.SIGTTIN, unix.SIGTTOU:
		s.wantedByGroup(sig)
	case unix.SIGINT, unix.SIGQUIT, unix.SIGTSTP, unix.SIGWINCH:
		// With our own group in the foreground it was typed, for all of a job.
		if s.tty.foreground() == s.group {
			s.signalGroup(sig)
			return
		}
		fallthrough
	default:
		_ = unix.Kill(s.pid, sig)
	}
}

// signalGroup sends sig to the command's process group, or to the command alone
// when it has left that group. The command is not reaped yet, so its pid is its own.
func (s *supervisor) signalGroup(sig unix.Signal) {
	if unix.Kill(-s.pid, sig) == unix.ESRCH {
		_ = unix.Kill(s.pid, sig)
	}
}

// wantedByGroup answers a SIGTTIN or SIGTTOU, which another process of our own
// group brought on: `gilwatch run … | less` is one job, but less lies in the
// background while the command has the terminal. It gets it, and is continued.
func (s *supervisor) wantedByGroup(sig unix.Signal) {
	if s.tty.foreground() != s.pid {
		_ = unix.Kill(s.pid, sig) // all of the job is in the background
		return
	}
	s.tty.give(s.group)
	s.ownContinue = true
	_ = unix.Kill(0, unix.SIGCONT)
}

// tellGroup hands a typed signal that the command died by to the rest of our
// own group: a script or make that runs the command would have got it from the
// terminal as well. It returns when this process's own copy has come in, so that
// it cannot arrive after signals have their default again.
func (s *supervisor) tellGroup(sig unix.Signal) {
	if inherit.Has(inherit.AtStart().Ignored, sig) || unix.Kill(0, sig) != nil {
		return
	}
	for got := range s.signals {
		if got == sig {
			return
		}
	}
}

func (s *supervisor) catchSignals() {
	s.signals = make(chan os.Signal, 2*lastSignal)
	signal.Notify(s.signals, relayed()...)
}
