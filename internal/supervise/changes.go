package supervise

import "golang.org/x/sys/unix"

// changes tells that a child has stopped, continued or ended. It leaves the child
// unreaped: whoever is told reaps it, between two signals that it sends, so that
// no signal can reach another process that got the pid.
type changes struct {
	happened chan error    // nil: look at the child with poll
	next     chan struct{} // go on watching; closed: no more
}

func watch(pid int) *changes {
	c := &changes{make(chan error), make(chan struct{})}
	go func() {
		for {
			err := unix.Waitid(unix.P_PID, pid, nil,
				unix.WEXITED|unix.WSTOPPED|unix.WCONTINUED|unix.WNOWAIT, nil)
			if err == unix.EINTR {
				continue
			}
			c.happened <- err
			if _, more := <-c.next; !more || err != nil {
				return
			}
		}
	}()
	return c
}

func (c *changes) close() { close(c.next) }

// hasEnded tells whether the child is a zombie. It stays one.
func hasEnded(pid int) bool {
	for {
		var info unix.Siginfo // Signo stays 0 where there is nothing to tell
		err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil && info.Signo != 0
		}
	}
}

// poll returns the child's change of state, nil if there is none any more, and
// reaps it if it has ended.
func poll(pid int) (*unix.WaitStatus, error) {
	for {
		var status unix.WaitStatus
		got, err := unix.Wait4(pid, &status, unix.WNOHANG|unix.WUNTRACED|unix.WCONTINUED, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return nil, err
		case got == 0:
			return nil, nil
		default:
			return &status, nil
		}
	}
}
