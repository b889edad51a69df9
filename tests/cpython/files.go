package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/suite"
)

// resources are all but those that want a network, a screen or gigabytes of disk. urlfetch
// downloads from a public host, as network does.
const resources = "all,-network,-urlfetch,-gui,-largefile"

// files returns the chosen test files of a build as parts, the sensitive ones first: a run
// that is not finished has seen them.
func files(py pythons.Python, f flags) ([]suite.Part, error) {
	all, err := list(py)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b string) int { return rank(a) - rank(b) })
	var parts []suite.Part
	for _, name := range all {
		if chosen(py, name, f) {
			parts = append(parts, part(py, name, f))
		}
	}
	return parts, nil
}

// chosen says whether the flags want a file of a build.
func chosen(py pythons.Python, name string, f flags) bool {
	switch {
	case f.files != "":
		return place(name, strings.Split(f.files, ",")) >= 0
	case f.short:
		return place(name, short[family(py)]) >= 0
	}
	return !f.sensitive && whole(py) || place(name, sensitive) >= 0
}

// rank is a file's place among the sensitive ones, or behind them.
func rank(name string) int {
	if at := place(name, sensitive); at >= 0 {
		return at
	}
	return len(sensitive)
}

// whole says whether all of a build's suite runs; of the others only the sensitive files do.
func whole(py pythons.Python) bool { return py.Minor >= 11 && !py.Static }

// list asks regrtest for its test files; it knows which folders are split.
func list(py pythons.Python) ([]string, error) {
	out, err := exec.Command(py.Path, "-m", "test", "--list-tests").Output()
	if err != nil {
		return nil, fmt.Errorf("list the tests of %s (is its test package installed?): %w", py.Name(), err)
	}
	return strings.Fields(string(out)), nil
}

// place returns where in names a test file stands, as regrtest lists it (test_os,
// test.test_asyncio.test_events, test_capi.test_mem), or the folder that it lies in; else -1.
func place(name string, names []string) int {
	name = strings.TrimPrefix(name, "test.")
	folder, _, _ := strings.Cut(name, ".")
	return max(slices.Index(names, name), slices.Index(names, folder))
}

// part is a test file. It runs alone and not as a worker of -j: a worker is started by
// another Python, whose life gilwatch would watch as well. There is no --timeout, for
// which faulthandler starts a thread in the tested process.
func part(py pythons.Python, name string, f flags) suite.Part {
	return suite.Part{
		Name: name, Limit: f.limit,
		Command: func(folder, junit string, only []string) []string {
			args := []string{py.Path, "-m", "test", "-v", "-u", resources, "--fail-env-changed",
				"--junit-xml", junit, "--tempdir", folder}
			for _, test := range only {
				args = append(args, "-m", test)
			}
			return append(args, name)
		},
	}
}
