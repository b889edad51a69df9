// Package filetree opens files by the names that a process gives them whose file tree is
// another than ours: its links lead to its own files, also the absolute ones.
package filetree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// ErrNotRegular is for what is no regular file.
var ErrNotRegular = errors.New("not a regular file")

// Open opens the regular file at an absolute path below root; "" is our own tree, and takes a
// relative path, too. A FIFO or a device is never opened: that may block, or do something.
// Another root than "" needs Linux 5.6 (openat2).
func Open(root, path string) (*os.File, error) {
	found, err := lookUp(root, path)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	if info, err := found.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: root + path, Err: ErrNotRegular}
	}
	// The very file that was looked at, whatever its name leads to by now.
	return os.Open(fmt.Sprintf("/proc/self/fd/%d", found.Fd()))
}

// Stat describes the file at an absolute path below root.
func Stat(root, path string) (os.FileInfo, error) {
	if root == "" {
		return os.Stat(path)
	}
	found, err := lookUp(root, path)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	return found.Stat()
}

// lookUp finds a file without opening it.
func lookUp(root, path string) (*os.File, error) {
	if root != "" && !filepath.IsAbs(path) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrInvalid}
	}
	fd, err := find(root, path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: root + path, Err: err}
	}
	return os.NewFile(uintptr(fd), root+path), nil
}

func find(root, path string) (int, error) {
	if root == "" {
		return unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	}
	folder, err := unix.Open(root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(folder)
	return unix.Openat2(folder, path, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT})
}
