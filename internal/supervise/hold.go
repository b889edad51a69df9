package supervise

import "golang.org/x/sys/unix"

// hold answers a stop that the command brought on itself, to be looked at. The shell sees
// no job stopped: this process waits on. The terminal is ours meanwhile, so that what is
// typed reaches somebody who runs.
func (s *supervisor) hold() {
	s.held = true
	if s.tty != nil && s.tty.foreground() == s.pid {
		s.tty.give(s.group)
	}
}

// letGo: the command was continued, by kill or by a debugger.
func (s *supervisor) letGo() {
	s.held = false
	if s.tty != nil && s.tty.foreground() == s.group {
		s.tty.give(s.pid)
	}
}

// relayHeld passes a signal on while the command lies stopped, and tells whether that is
// all. A typed stop gives the shell's prompt back, for a debugger; `fg` then continues
// the command. What ends the command continues it too, or it would end much later.
func (s *supervisor) relayHeld(sig unix.Signal) bool {
	switch sig {
	case unix.SIGTSTP:
		stopSelf(sig)
		return true
	case unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP:
		s.signalGroup(sig)
		s.signalGroup(unix.SIGCONT)
		return true
	}
	return false
}
