package session

import (
	"errors"
	"fmt"
	"time"

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

// A sweep has a folder for as long as it looks at the running processes: so long another waits.
const (
	sweepCheck  = 10 * time.Millisecond
	sweepChecks = 200
)

// Hold keeps others from sweeping the folder while it is read. `alone` is false where
// somebody has it already: its session still runs, or another renders it too.
func (s *Session) Hold() (alone bool, err error) {
	for range sweepChecks {
		alone, err = s.hold()
		if !errors.Is(err, errLocked) {
			break
		}
		time.Sleep(sweepCheck)
	}
	return alone, err
}

// hold fails with errLocked where a sweep has the folder.
func (s *Session) hold() (alone bool, err error) {
	held, err := lockFolder(s.Folder, unix.LOCK_EX)
	held.close() // one that is turned into a shared one is let go in between (flock(2))
	if alone = err == nil; !alone && !errors.Is(err, errLocked) {
		return false, err
	}
	s.lock, err = lockFolder(s.Folder, unix.LOCK_SH)
	return alone, err
}

// Release ends Hold.
func (s *Session) Release() {
	s.lock.close()
	s.lock = nil
}
