// Command cpython runs CPython's own test suite without gilwatch and under it, on every
// interpreter at hand, and prints what differs per test.
//
//	go run ./tests/cpython [-python 3.12,3.11-static] [-files test_os,test_fork1] [-short] [-jobs 2]
//
// A whole run takes hours. What is done is kept in the folder that -results names; with the
// same folder a run that was interrupted goes on.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/standin"
	"github.com/gilwatch/gilwatch/tests/suite"
	"github.com/gilwatch/gilwatch/tests/watch"
)

func main() {
	var f flags
	flag.StringVar(&f.python, "python", "", "only builds whose name (3.12.1-shared, 3.11.2-static) begins with one of these, separated by `commas`")
	flag.StringVar(&f.files, "files", "", "only these test `files`, separated by commas: test_os, test_asyncio, test_asyncio.test_events")
	flag.BoolVar(&f.sensitive, "sensitive", false, "only the files that an extra library could disturb, on all versions")
	flag.BoolVar(&f.short, "short", false, "only the short form, of some minutes, that CI runs")
	flag.IntVar(&f.jobs, "jobs", 2, "this `number` of files at a time")
	flag.DurationVar(&f.limit, "limit", 20*time.Minute, "kill a file's process after this `time`")
	flag.DurationVar(&f.until, "until", 0, "begin no more files after this `time`; 0: no limit")
	flag.StringVar(&f.results, "results", "", "`folder` for the results and the output of what differs; a run goes on with what is in it (default a new one)")
	flag.Parse()
	if err := run(f); err != nil {
		fmt.Fprintln(os.Stderr, "cpython: error:", err)
		os.Exit(1)
	}
}

type flags struct {
	python, files, results string
	sensitive, short       bool
	jobs                   int
	limit, until           time.Duration
}

func run(f flags) error {
	campaign := suite.Campaign{Jobs: f.jobs, Folder: f.results, Until: f.until, Expect: deliberate, Print: os.Stdout}
	if err := standin.Attempt(func() { campaign.Gilwatch, campaign.Suites = setUp(standin.TB{}, f) }); err != nil {
		return err
	}
	if len(campaign.Suites) == 0 {
		return errors.New("no interpreter with a test suite")
	}
	return campaign.Run()
}

// setUp finds gilwatch, the interpreters, and the test files of each.
func setUp(t standin.TB, f flags) (gilwatch string, suites []suite.Suite) {
	for _, py := range pythons.All(t) {
		if !hasPrefix(py.Name(), f.python) {
			continue
		}
		parts, err := files(py, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(parts) > 0 {
			suites = append(suites, suite.Suite{Name: py.Name(), Parts: parts})
		}
	}
	return watch.Binary(t), suites
}

// hasPrefix says whether the name begins with one of the prefixes, separated by commas.
func hasPrefix(name, prefixes string) bool {
	for _, prefix := range strings.Split(prefixes, ",") {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
