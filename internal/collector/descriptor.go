package collector

import "golang.org/x/sys/unix"

// Descriptor writes to a file descriptor of the watched program, usually its stderr. Unlike
// os.Stderr it leaves the file's mode alone, and does not end the process by SIGPIPE when
// nobody reads (os/file_unix.go, epipecheck).
type Descriptor int

// writeWait is how long a descriptor is waited for that cannot take more, in milliseconds.
const writeWait = 1000

// Write writes all of p. A descriptor that the program made non-blocking is waited for, but
// not for ever: a thread of the program waits for the report.
func (d Descriptor) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n, err := unix.Write(int(d), p[written:])
		if err == unix.EAGAIN {
			err = d.wait()
		}
		if err != nil && err != unix.EINTR {
			return written, err
		}
		written += max(n, 0)
	}
	return written, nil
}

func (d Descriptor) wait() error {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(d), Events: unix.POLLOUT}}, writeWait)
	if err == nil && n == 0 {
		return unix.EAGAIN
	}
	return err
}
