// Package standin lets a command use what the tests use: the packages that find
// interpreters and compile fixtures fail a testing.TB when they cannot.
package standin

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// TB stands in for a test. Its failures are panics that Attempt turns into errors. Methods
// that it does not have would panic, too; those packages use none.
type TB struct {
	testing.TB
	Folder string // in which TempDir makes folders
}

// failure is what a TB panics with.
type failure struct{ error }

// Helper does nothing.
func (TB) Helper() {}

// Fatalf ends the attempt with an error.
func (TB) Fatalf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// Fatal ends the attempt with an error.
func (TB) Fatal(args ...any) { panic(failure{errors.New(fmt.Sprint(args...))}) }

// Errorf ends the attempt as well: a result with a hole in it is not printed.
func (t TB) Errorf(format string, args ...any) { t.Fatalf(format, args...) }

// TempDir is a new folder in Folder, which whoever made that removes.
func (t TB) TempDir() string {
	dir, err := os.MkdirTemp(t.Folder, "")
	if err != nil {
		t.Fatalf("make a folder: %v", err)
	}
	return dir
}

// Attempt calls f and returns the error that it failed with.
func Attempt(f func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure:
			err = p.error
		default:
			panic(p)
		}
	}()
	f()
	return nil
}
