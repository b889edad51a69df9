package supervise

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// terminal is the controlling terminal; nil stands for none, and can be asked for
// its foreground group and closed.
type terminal struct{ fd int }

// openTerminal returns nil when this process has no controlling terminal.
func openTerminal() *terminal {
	fd, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return nil
	}
	return &terminal{fd}
}

// foreground returns the foreground process group, 0 if it cannot be told.
func (t *terminal) foreground() int {
	if t == nil {
		return 0
	}
	group, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP)
	if err != nil {
		return 0
	}
	return group
}

// give makes group the foreground group. From a background group the kernel
// allows it to a thread that blocks SIGTTOU (drivers/tty/tty_jobctrl.c,
// __tty_check_change). That the group is gone meanwhile is no error of ours.
func (t *terminal) give(group int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var block, old unix.Sigset_t
	block.Val[0] = 1 << (unix.SIGTTOU - 1)
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, &block, &old); err != nil {
		return
	}
	_ = unix.IoctlSetPointerInt(t.fd, unix.TIOCSPGRP, group)
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil)
}

func (t *terminal) close() {
	if t != nil {
		unix.Close(t.fd)
	}
}
