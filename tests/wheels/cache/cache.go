// Package cache keeps what tests build once a machine: virtual environments and compiled
// bindings.
package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// complete is the file that a finished folder holds. One without it was left half built.
const complete = ".complete"

// Folder returns the folder of that name and key, an absolute path. The first time, build
// fills it; a failed build is built again the next time. Others who want the same folder
// meanwhile, from other test binaries too, wait. Everything that goes into the folder
// belongs into the key. It lies in GILWATCH_TEST_CACHE, else in the user's cache.
func Folder(t testing.TB, name string, key []string, build func(dir string) error) string {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatalf("find a cache for %s: %v", name, err)
	}
	sum := sha256.Sum256([]byte(strings.Join(key, "\x00")))
	dir := filepath.Join(root, name+"-"+hex.EncodeToString(sum[:])[:16])
	if err := fill(dir, build); err != nil {
		t.Fatalf("build %s: %v", name, err)
	}
	return dir
}

// fill runs build on dir, emptied, unless dir is complete.
func fill(dir string, build func(dir string) error) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("make the cache: %w", err)
	}
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	stamp := filepath.Join(dir, complete)
	if _, err := os.Stat(stamp); err == nil {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove a half built folder: %w", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := build(dir); err != nil {
		return err
	}
	return os.WriteFile(stamp, nil, 0o644)
}

// lock takes the lock file at path, which the kernel frees when the process ends.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { file.Close() }, nil
}

// Root returns the folder that all cached folders lie in. It may not exist yet.
func Root() (string, error) {
	if root := os.Getenv("GILWATCH_TEST_CACHE"); root != "" {
		return filepath.Abs(root)
	}
	root, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder (set GILWATCH_TEST_CACHE): %w", err)
	}
	return filepath.Join(root, "gilwatch", "tests"), nil
}
