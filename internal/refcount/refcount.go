// Package refcount holds the headers that turn what CPython expands in place (reference
// counts, some accessors) into calls that the shim sees.
package refcount

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed include/*.h
var headers embed.FS

// Flags are what makes a compiler use the headers in folder: its path, and what stops a build
// in which another Python.h is found before (gilwatch_first.h).
func Flags(folder string) []string {
	return []string{"-I" + folder, "-include", filepath.Join(folder, "gilwatch_first.h")}
}

// Scaffold tells whether a source file is a header of these. Functions in it stand between a
// macro's use and its check, where debug information knows of them.
func Scaffold(path string) bool {
	name := filepath.Base(path)
	_, err := fs.Stat(headers, "include/"+name)
	return err == nil && name != "Python.h"
}

// Install writes the headers into a folder below parent and returns its path, for Flags. The
// folder's name is made from what is in it, so one that is there is complete and right, and
// builds that name an older one go on with that.
func Install(parent string) (string, error) {
	files, err := read()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(parent, "include-"+sum(files))
	if whole(folder, files) {
		return folder, nil
	}
	if err := write(parent, folder, files); err != nil {
		return "", fmt.Errorf("write the headers to %s: %w", folder, err)
	}
	return folder, nil
}

// file is a header and its content.
type file struct {
	name string
	data []byte
}

func read() ([]file, error) {
	entries, err := fs.ReadDir(headers, "include")
	if err != nil {
		return nil, err
	}
	var files []file
	for _, e := range entries {
		data, err := fs.ReadFile(headers, "include/"+e.Name())
		if err != nil {
			return nil, err
		}
		files = append(files, file{e.Name(), data})
	}
	return files, nil
}

func sum(files []file) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %d\n%s", f.name, len(f.data), f.data)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// whole tells whether the folder has all files as they should be.
func whole(folder string, files []file) bool {
	for _, f := range files {
		if data, err := os.ReadFile(filepath.Join(folder, f.name)); err != nil || !bytes.Equal(data, f.data) {
			return false
		}
	}
	return true
}

// write makes the folder beside its place and moves it there, so that nobody meets half of
// it. One that is there and is not whole was damaged, and is replaced.
func write(parent, folder string, files []file) error {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(parent, "unfinished-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(unfinished)
	for _, f := range files {
		path := filepath.Join(unfinished, f.name)
		if err := errors.Join(os.WriteFile(path, f.data, 0o644), os.Chmod(path, 0o644)); err != nil {
			return err
		}
	}
	if err := os.Chmod(unfinished, 0o755); err != nil { // whatever the umask
		return err
	}
	err = os.Rename(unfinished, folder)
	if err == nil || whole(folder, files) { // another gilwatch was faster
		return nil
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.Rename(unfinished, folder)
}
