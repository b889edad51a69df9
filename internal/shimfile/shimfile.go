// Package shimfile finds the shim, libgilwatch.so, that gilwatch lays into a
// session's folder.
package shimfile

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Name is the shim's file name: in the embedded folder, beside the executable
// and in a session's folder.
const Name = "libgilwatch.so"

// ErrMissing is returned by Bytes when this binary was built without the shim
// and none lies beside it.
var ErrMissing = errors.New("the shim is neither embedded nor beside the executable")

// Hint says what to do about ErrMissing.
const Hint = "run make: it builds the shim and embeds it in bin/gilwatch"

//go:embed assets/*
var assets embed.FS

// Embedded reports whether the shim is part of this binary.
func Embedded() bool {
	_, err := fs.Stat(assets, "assets/"+Name)
	return err == nil
}

// Bytes returns the shim: the embedded one, else the file beside the
// executable. The error wraps ErrMissing when there is neither.
func Bytes() ([]byte, error) {
	exe, err := os.Executable()
	if err != nil {
		return find(assets, "")
	}
	return find(assets, filepath.Dir(exe))
}

// find looks in the embedded files, then in the folder beside, if there is one.
func find(embedded fs.FS, beside string) ([]byte, error) {
	data, err := fs.ReadFile(embedded, "assets/"+Name)
	if err == nil {
		return data, nil
	}
	if beside == "" {
		return nil, ErrMissing
	}
	path := filepath.Join(beside, Name)
	data, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("find %s: %w", path, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("read the shim: %w", err)
	}
	return data, nil
}
