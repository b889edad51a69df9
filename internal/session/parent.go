package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// maxFolder is the longest path of a session folder, in bytes: the shim's GW_PATH_MAX less
// the longest name of a file in it.
const maxFolder = 1024 - 64

// randomName is the length of crypto/rand's Text, 26 of 32 letters for 130 bits.
const randomName = 26

// FolderError says that no folder could be found in which a session folder works.
type FolderError struct {
	// Tried are the reasons, one for each folder, in the order in which they were tried.
	Tried []error
}

// Error names each folder and why it does not do.
func (e *FolderError) Error() string {
	reasons := make([]string, len(e.Tried))
	for i, err := range e.Tried {
		reasons[i] = err.Error()
	}
	return "making the session folder: " + strings.Join(reasons, "; ")
}

// Unwrap returns the reasons.
func (e *FolderError) Unwrap() []error { return e.Tried }

// Hint says what to do.
func (e *FolderError) Hint() string {
	var refused *RefusedError
	for _, err := range e.Tried {
		if errors.As(err, &refused) {
			return refused.Hint()
		}
	}
	return "set TMPDIR to a folder that can be written to, that programs may be run from, and whose path has no blank or colon"
}

// parents lists the folders to try. A TMPDIR that is set is the user's word: only that.
func parents() []string {
	if tmp := os.Getenv("TMPDIR"); tmp != "" {
		return []string{tmp}
	}
	all := []string{os.TempDir(), os.Getenv("XDG_RUNTIME_DIR"), "/dev/shm", "/var/tmp", "/tmp"}
	var list []string
	seen := map[string]bool{"": true}
	for _, folder := range all {
		if !seen[folder] {
			list = append(list, folder)
		}
		seen[folder] = true
	}
	return list
}

// usable returns the folder's absolute path, or why a shim in it could not be preloaded.
func usable(folder string) (string, error) {
	path, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	switch {
	case strings.ContainsAny(path, ": "): // elf/rtld.c, handle_preload_list: strsep at " :"
		return "", fmt.Errorf("%s: the dynamic loader splits LD_PRELOAD at blanks and colons", path)
	case strings.Contains(path, "$"): // elf/dl-load.c, _dl_dst_substitute: $ORIGIN, $LIB, $PLATFORM
		return "", fmt.Errorf("%s: the dynamic loader expands $ in LD_PRELOAD", path)
	case len(path) > maxFolder-len("/"+prefix)-randomName:
		return "", fmt.Errorf("%s: the path is longer than %d bytes", path, maxFolder)
	}
	var mount unix.Statfs_t
	if err := statfs(path, &mount); err != nil {
		return "", &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	if mount.Flags&unix.ST_NOEXEC != 0 {
		return "", fmt.Errorf("%s: mounted noexec, so that no library can be loaded from it", path)
	}
	return path, nil
}

// statfs is unix.Statfs, but for the interruptions by signals.
func statfs(path string, mount *unix.Statfs_t) error {
	for {
		if err := unix.Statfs(path, mount); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
