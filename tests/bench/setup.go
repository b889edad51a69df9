package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// setup stands in for a test: the packages that find interpreters and compile fixtures
// fail a testing.TB when they cannot. Its failures are panics that attempt turns into
// errors. Methods that it does not have would panic, too; those packages use none.
type setup struct {
	testing.TB
	folder string
}

// failure is what a setup panics with.
type failure struct{ error }

func (setup) Helper() {}

// Fatalf ends the attempt with an error.
func (setup) Fatalf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// Fatal ends the attempt with an error.
func (setup) Fatal(args ...any) { panic(failure{errors.New(fmt.Sprint(args...))}) }

// Errorf ends the attempt as well: a table with a hole in it is not printed.
func (s setup) Errorf(format string, args ...any) { s.Fatalf(format, args...) }

// TempDir is a new folder in the working folder, which is removed at the end.
func (s setup) TempDir() string {
	dir, err := os.MkdirTemp(s.folder, "")
	if err != nil {
		s.Fatalf("make a folder: %v", err)
	}
	return dir
}

// attempt calls f and returns the error that it failed with.
func attempt(f func()) (err error) {
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

// prepare finds gilwatch, the interpreters and the sources.
func (b *bench) prepare(version string) {
	b.binary = watch.Binary(b)
	_, source, _, _ := runtime.Caller(0)
	b.data = filepath.Join(filepath.Dir(source), "testdata")
	for _, py := range pythons.All(b) {
		if strings.HasPrefix(py.Version, version) {
			b.pythons = append(b.pythons, py)
		}
	}
	if len(b.pythons) == 0 {
		b.Fatalf("no interpreter %s", version)
	}
}
