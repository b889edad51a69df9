// Package supervise starts a command and waits for it, so that neither the
// command nor the shell in front notices that something stands between them.
//
// The command gets standard input, output and error, the ignored and blocked
// signals and the file limit that this process was started with (package
// inherit). It runs in a process group of its own, which is the terminal's
// foreground group whenever this process's group would be: what is typed reaches
// it from the terminal, once, and what is sent to this process is passed on, once.
// When it stops, this process stops with it, and continues it when continued.
package supervise

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Errors of Run when the command could not be started. A caller tells by them
// the exit statuses 127 and 126 of a shell, of env and of timeout.
var (
	ErrNotFound      = errors.New("not found")
	ErrNotExecutable = errors.New("not executable")
)

// Command is what Run starts.
type Command struct {
	Path    string        // file to execute; it is not looked up on PATH
	Argv    []string      // arguments, Argv[0] included
	Env     []string      // environment, KEY=value
	Started func(pid int) // called once the command's file is executing, if not nil
	// Ended is called when the command has ended, if not nil: what is sent to this process from
	// then on can no longer be meant for it. A command that did not have the terminal is not
	// reaped yet, so nobody who sees that it is gone sees it earlier. For one that had, it is
	// called when the rest of our own group has been told what was typed.
	Ended func()
	// Ignored is a stop signal by which somebody stops the command who also continues it:
	// this process does not stop with it. 0 is none.
	Ignored unix.Signal
	// HoldStops says that the command stops itself by SIGSTOP, for a debugger to look at
	// it: this process does not stop with it then.
	HoldStops bool
}

// Result is how a command went.
type Result struct {
	Pid      int
	ExitCode int         // exit status; -1 when it died by a signal
	Signal   unix.Signal // signal it died by; 0 when it exited
	Started  time.Time
	Finished time.Time // when its end was noticed
}

// Run starts the command, passes signals on to it and waits for its end. The
// error wraps ErrNotFound or ErrNotExecutable when the kernel refused the file;
// any other error means that this process could not do its part.
func Run(c Command) (Result, error) {
	if len(c.Argv) == 0 {
		return Result{}, errors.New("start a command: no arguments")
	}
	s := newSupervisor()
	s.holdStops, s.onEnd = c.HoldStops, c.Ended
	defer s.close()

	result := Result{Started: time.Now()}
	pid, err := start(c, s.terminalToGive())
	if err != nil {
		return result, err
	}
	s.pid, s.ignored, result.Pid = pid, c.Ignored, pid
	if c.Started != nil {
		c.Started(pid)
	}
	status, err := s.wait()
	result.Finished = time.Now()
	if err != nil {
		return result, err
	}
	result.ExitCode, result.Signal = -1, 0
	if status.Signaled() {
		result.Signal = status.Signal()
	} else {
		result.ExitCode = status.ExitStatus()
	}
	return result, nil
}

// startError names the file and says by a sentinel which exit status fits errno,
// as env does: 127 for ENOENT, 126 for the rest.
func startError(path string, errno error) error {
	sentinel := ErrNotExecutable
	if errors.Is(errno, unix.ENOENT) {
		sentinel = ErrNotFound
	}
	return fmt.Errorf("execute %s: %w: %w", path, sentinel, errno)
}
