package supervise

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
	"golang.org/x/sys/unix"
)

// shell runs a file that is neither a program nor a #! script, as execvp does
// (glibc posix/execvpe.c, maybe_script_execute).
const shell = "/bin/sh"

// start forks and executes the command, in the foreground of the terminal if
// tty is not negative, and returns when its file is executing.
func start(c Command, tty int) (pid int, err error) {
	pid, err = startFile(c.Path, c.Argv, c.Env, tty)
	if errors.Is(err, unix.ENOEXEC) {
		argv := append([]string{shell, c.Path}, c.Argv[1:]...)
		pid, err = startFile(shell, argv, c.Env, tty)
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return 0, startError(c.Path, errno)
	}
	return pid, err
}

// forkError marks an error that the command's file has no part in.
type forkError struct{ errno syscall.Errno }

func (e forkError) Error() string { return e.errno.Error() }

// startFile executes path itself. An error that is a syscall.Errno is execve's.
func startFile(path string, argv, env []string, tty int) (int, error) {
	im, err := newImage(path, argv, env, tty)
	if err != nil {
		return 0, err
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return 0, fmt.Errorf("open a pipe to the command: %w", forkError{err.(syscall.Errno)})
	}
	defer unix.Close(pipe[0])
	im.status = uintptr(pipe[1])

	syscall.ForkLock.Lock()
	pid, errno := fork(im)
	syscall.ForkLock.Unlock()
	runtime.KeepAlive(im)
	unix.Close(pipe[1])
	if errno != 0 {
		return 0, fmt.Errorf("fork: %w", forkError{errno})
	}
	if errno := execStatus(pipe[0]); errno != 0 {
		var status unix.WaitStatus
		for {
			if _, err := unix.Wait4(int(pid), &status, 0, nil); err != unix.EINTR {
				break
			}
		}
		return 0, errno
	}
	return int(pid), nil
}

// execStatus reads execve's error from the child, or the end of file that says
// that execve closed the pipe.
func execStatus(fd int) syscall.Errno {
	var code [unsafe.Sizeof(uintptr(0))]byte
	for {
		n, err := unix.Read(fd, code[:])
		switch {
		case err == unix.EINTR:
		case err == nil && n == len(code):
			return syscall.Errno(*(*uintptr)(unsafe.Pointer(&code)))
		default:
			return 0
		}
	}
}

// newImage lays out what the child needs, since it must not allocate.
func newImage(path string, argv, env []string, tty int) (*image, error) {
	im := &image{tty: uintptr(tty)}
	var err error
	if im.path, err = syscall.BytePtrFromString(path); err != nil {
		return nil, fmt.Errorf("execute %q: %w", path, err)
	}
	if im.argv, err = syscall.SlicePtrFromStrings(argv); err != nil {
		return nil, fmt.Errorf("pass the arguments of %s: %w", path, err)
	}
	if im.env, err = syscall.SlicePtrFromStrings(env); err != nil {
		return nil, fmt.Errorf("pass the environment of %s: %w", path, err)
	}
	at := inherit.AtStart()
	im.ignored, im.blocked, im.closed, im.files = at.Ignored, at.Blocked, at.Closed, at.NoFile
	return im, nil
}
