package supervise

import (
	"fmt"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// supervisor stands between the shell's job control and one command.
type supervisor struct {
	pid     int       // the command, and its process group
	group   int       // our own process group
	tty     *terminal // nil without a controlling terminal
	signals chan os.Signal
	ignored unix.Signal // see Command.Ignored

	holdStops bool // a SIGSTOP of the command's is its own
	held      bool // it lies stopped so; the terminal is ours meanwhile

	ownContinue bool // the next SIGCONT is one that we sent to our own group

	onEnd func() // see Command.Ended; nil once it was called
}

// newSupervisor catches signals from here on: one that arrives while the command
// starts waits for it.
func newSupervisor() *supervisor {
	s := &supervisor{group: unix.Getpgrp(), tty: openTerminal()}
	s.catchSignals()
	return s
}

func (s *supervisor) close() {
	signal.Stop(s.signals)
	s.tty.close()
}

// terminalToGive returns the terminal's descriptor if our group has the
// foreground, that the command is then to have, else -1.
func (s *supervisor) terminalToGive() int {
	if s.tty != nil && s.tty.foreground() == s.group {
		return s.tty.fd
	}
	return -1
}

// wait passes signals on and follows the command's stops, until it has ended.
func (s *supervisor) wait() (unix.WaitStatus, error) {
	changes := watch(s.pid)
	defer changes.close()
	for {
		select {
		case sig := <-s.signals:
			s.relay(sig.(unix.Signal))
		case err := <-changes.happened:
			if err != nil {
				return 0, fmt.Errorf("wait for process %d: %w", s.pid, err)
			}
			if !s.hasTerminal() && hasEnded(s.pid) {
				s.sayEnded()
			}
			status, err := poll(s.pid)
			if err != nil {
				return 0, fmt.Errorf("wait for process %d: %w", s.pid, err)
			}
			if status != nil {
				if status.Exited() || status.Signaled() {
					s.ended(*status)
					s.sayEnded() // it had the terminal, or ended between the two
					return *status, nil
				}
				switch {
				case status.Stopped() && status.StopSignal() == s.ignored:
				case status.Stopped() && status.StopSignal() == unix.SIGSTOP && s.holdStops:
					s.hold()
				case status.Stopped():
					s.stopped(status.StopSignal())
				case status.Continued() && s.held:
					s.letGo()
				}
			}
			changes.next <- struct{}{}
		}
	}
}

func (s *supervisor) sayEnded() {
	if s.onEnd != nil {
		s.onEnd()
		s.onEnd = nil
	}
}

// hasTerminal tells whether the command's group is the terminal's foreground group. Where it is,
// the end of the command may bring on a signal to our own group (see tellGroup), which is not yet
// one to this process.
func (s *supervisor) hasTerminal() bool { return s.tty != nil && s.tty.foreground() == s.pid }

// ended takes the terminal back from a command that has ended with it.
func (s *supervisor) ended(status unix.WaitStatus) {
	if !s.hasTerminal() {
		return
	}
	s.tty.give(s.group)
	if sig := status.Signal(); status.Signaled() && (sig == unix.SIGINT || sig == unix.SIGQUIT) {
		s.tellGroup(sig)
	}
}
