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

// files returns the chosen test files of a build as parts, those that gilwatch could
// disturb first, so that a run that is not finished has seen them.
func files(py pythons.Python, f flags) ([]suite.Part, error) {
	all, err := list(py)
	if err != nil {
		return nil, err
	}
	var parts, rest []suite.Part
	for _, name := range all {
		part := part(py, name, f)
		switch {
		case f.files != "" && !oneOf(name, strings.Split(f.files, ",")):
		case f.files == "" && f.short && !oneOf(name, short[family(py)]):
		case oneOf(name, sensitive):
			parts = append(parts, part)
		case f.files != "" || f.short || !f.sensitive && whole(py):
			rest = append(rest, part)
		}
	}
	return append(parts, rest...), nil
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

// oneOf says whether a test file as regrtest lists it (test_os, test.test_asyncio.test_events,
// test_capi.test_mem) is one of those or lies in a folder that is.
func oneOf(name string, names []string) bool {
	name = strings.TrimPrefix(name, "test.")
	folder, _, _ := strings.Cut(name, ".")
	return slices.Contains(names, name) || slices.Contains(names, folder)
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
