package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// ErrNotAFile is returned where something else stands under a file's name.
var ErrNotAFile = errors.New("it is no regular file")

// OpenFile opens a file of a session folder, which is foreign: it follows no link out of
// the folder, and refuses a FIFO, at which a read would wait for as long as its writer likes.
func OpenFile(path string, flags int) (*os.File, error) {
	f, err := os.OpenFile(path, flags|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &os.PathError{Op: "open", Path: path, Err: ErrNotAFile}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
