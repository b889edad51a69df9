// Package pythons finds the interpreters that the end-to-end tests run on.
//
// Wanted are pyenv's CPython 3.8 to 3.13 (the newest patch of each) and
// Debian's /usr/bin/python3.11, whose executable holds the interpreter itself.
// More are named in GILWATCH_TEST_PYTHONS, separated by colons.
package pythons

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Python is one CPython build.
type Python struct {
	Path         string // the executable, symbolic links resolved
	Version      string // "3.12.1"
	Minor        int    // 12 of 3.12.1
	Static       bool   // the executable itself defines the C API; no libpython is loaded
	FreeThreaded bool   // built with --disable-gil
	Include      string // the folder of Python.h, of this version
	LibDir       string // the folder of Library
	Library      string // file name of the shared libpython, "" when there is none
}

// Name is the build's name in subtests: "3.12.1-shared", "3.11.2-static".
func (p Python) Name() string {
	build := "shared"
	if p.Static {
		build = "static"
	}
	if p.FreeThreaded {
		build += "-freethreaded"
	}
	return p.Version + "-" + build
}

// ThreadLocal says that the current thread state is one per thread, which it is
// from 3.12 on. Before, it is one per process: the holder's.
func (p Python) ThreadLocal() bool { return p.Minor >= 12 }

// Embeddable says that a program can be linked with this build's libpython.
func (p Python) Embeddable() bool { return p.Library != "" }

// place is where a wanted interpreter may lie, or why it does not.
type place struct {
	name string // of the subtest that stands for a missing one
	path string // "" when it is missing
}

// wanted lists the places in the order of the tests.
func wanted() []place {
	var places []place
	for minor := 8; minor <= 13; minor++ {
		places = append(places, place{fmt.Sprintf("3.%d-pyenv", minor), newestPyenv(minor)})
	}
	static := place{name: "3.11-debian", path: "/usr/bin/python3.11"}
	if _, err := os.Stat(static.path); err != nil {
		static.path = ""
	}
	places = append(places, static)
	for _, path := range filepath.SplitList(os.Getenv("GILWATCH_TEST_PYTHONS")) {
		if path != "" {
			places = append(places, place{strings.ReplaceAll(path, "/", "_"), path})
		}
	}
	return places
}

// newestPyenv returns pyenv's executable of the newest patch of 3.minor, or "".
func newestPyenv(minor int) string {
	root := os.Getenv("PYENV_ROOT")
	if root == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		root = filepath.Join(home, ".pyenv")
	}
	prefix := fmt.Sprintf("3.%d.", minor)
	folders, _ := filepath.Glob(filepath.Join(root, "versions", prefix+"*"))
	best, newest := "", -1
	for _, folder := range folders {
		patch, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(folder), prefix))
		path := filepath.Join(folder, "bin", fmt.Sprintf("python3.%d", minor))
		if _, statErr := os.Stat(path); err != nil || statErr != nil || patch <= newest {
			continue
		}
		best, newest = path, patch
	}
	return best
}

// found is what the machine has, probed once a test binary.
var found = sync.OnceValue(func() []probed {
	var all []probed
	for _, at := range wanted() {
		one := probed{place: at}
		if at.path != "" {
			one.python, one.err = probe(at.path)
		}
		all = append(all, one)
	}
	lendHeaders(all)
	return all
})

// All returns the interpreters of this machine. With CI=true a missing one fails.
func All(t testing.TB) []Python {
	t.Helper()
	var all []Python
	for _, one := range found() {
		if reason := one.missing(); reason == "" {
			all = append(all, one.python)
		} else if inCI() {
			t.Errorf("%s: %s", one.name, reason)
		}
	}
	return all
}

// Each runs f in a parallel subtest for every wanted interpreter, named by version and
// build. A missing one is a skipped subtest; with CI=true it is a failed one.
func Each(t *testing.T, f func(t *testing.T, py Python)) {
	t.Helper()
	for _, one := range found() {
		reason := one.missing()
		if reason == "" {
			t.Run(one.python.Name(), func(t *testing.T) {
				t.Parallel()
				f(t, one.python)
			})
			continue
		}
		t.Run(one.name, func(t *testing.T) {
			if inCI() {
				t.Fatal(reason)
			}
			t.Skip(reason)
		})
	}
}

// inCI says that the machine is one that should have everything.
func inCI() bool { return os.Getenv("CI") == "true" }
