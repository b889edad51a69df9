package target

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// defaultPath is searched when PATH is not set (glibc confstr(_CS_PATH)).
const defaultPath = "/bin:/usr/bin"

func searchPath() string {
	if path, set := os.LookupEnv("PATH"); set {
		return path
	}
	return defaultPath
}

// lookup finds name as execvp does (glibc posix/execvpe.c): a name with a slash is
// the file; else the first folder of path with an executable of that name, where
// an empty folder is the working one. A file that may not be executed is passed
// over, and is the error if nothing better follows.
func lookup(name, path string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("%w: its name is empty", ErrNotFound)
	}
	if strings.ContainsRune(name, '/') {
		if err := executable(name); err != nil {
			return "", lookupError(name, err)
		}
		return name, nil
	}
	var denied error
	for _, dir := range strings.Split(path, ":") {
		file := filepath.Join(dir, name)
		if dir == "" || dir == "." {
			file = "./" + name
		}
		err := executable(file)
		if err == nil {
			return file, nil
		}
		if denied == nil && errors.Is(err, unix.EACCES) {
			denied = lookupError(file, err)
		}
	}
	if denied != nil {
		return "", denied
	}
	return "", fmt.Errorf("%w: no %s on PATH", ErrNotFound, name)
}

// executable asks whether this process may execute the file.
func executable(file string) error {
	var stat unix.Stat_t
	if err := unix.Stat(file, &stat); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFREG {
		return unix.EACCES
	}
	return unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS)
}

func lookupError(file string, err error) error {
	if errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("%w: %s: %w", ErrNotFound, file, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrNotExecutable, file, err)
}
