package session

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// lock is a lock on a folder itself (flock): it ends with its holder, however that ends,
// and holds in every pid namespace.
type lock struct{ fd int }

// errLocked says that somebody else has the folder.
var errLocked = errors.New("another gilwatch has it")

// lockFolder takes the lock, how is unix.LOCK_SH or LOCK_EX. It never waits.
func lockFolder(folder string, how int) (*lock, error) {
	fd, err := unix.Open(folder, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", folder, err)
	}
	for {
		err = unix.Flock(fd, how|unix.LOCK_NB)
		if err != unix.EINTR {
			break
		}
	}
	if err == nil {
		return &lock{fd}, nil
	}
	unix.Close(fd)
	if err == unix.EWOULDBLOCK {
		err = errLocked
	}
	return nil, fmt.Errorf("locking %s: %w", folder, err)
}

func (l *lock) close() {
	if l != nil {
		unix.Close(l.fd)
	}
}

// Hold keeps others from sweeping the folder while it is read. `alone` is false where
// somebody has it already: its session still runs, or another renders it too.
func (s *Session) Hold() (alone bool, err error) {
	held, err := lockFolder(s.Folder, unix.LOCK_EX)
	if err == nil {
		err = unix.Flock(held.fd, unix.LOCK_SH|unix.LOCK_NB)
		s.lock = held
		return true, err
	}
	if !errors.Is(err, errLocked) {
		return false, err
	}
	s.lock, err = lockFolder(s.Folder, unix.LOCK_SH)
	return false, err
}

// Release ends Hold.
func (s *Session) Release() {
	s.lock.close()
	s.lock = nil
}
