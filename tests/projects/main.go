// Command projects runs the test suites of projects with extension modules, in pytest with
// two workers, without gilwatch and under it, and prints what differs per test.
//
//	go run ./tests/projects [-python 3.12] [-only msgpack,numpy] [-results FOLDER]
//
// It fetches the packages, wheels for the modules and source archives for the tests.
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

// oldest is the oldest minor version that all the pinned packages have wheels for.
const oldest = 11

func main() {
	python := flag.String("python", "", "only builds whose name (3.12.1-shared, 3.11.2-static) begins with this `prefix`")
	only := flag.String("only", "", "only these `projects`, separated by commas")
	jobs := flag.Int("jobs", 1, "this `number` of suites at a time, each with two workers")
	limit := flag.Duration("limit", 30*time.Minute, "kill a suite after this `time`")
	results := flag.String("results", "", "`folder` for the results; a run goes on with what is in it (default a new one)")
	flag.Parse()
	if err := run(*python, *only, *results, *jobs, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "projects: error:", err)
		os.Exit(1)
	}
}

func run(python, only, results string, jobs int, limit time.Duration) error {
	campaign := suite.Campaign{Jobs: jobs, Folder: results, Print: os.Stdout}
	err := standin.Attempt(func() {
		t := standin.TB{}
		campaign.Gilwatch = watch.Binary(t)
		for _, py := range pythons.All(t) {
			if py.Minor >= oldest && strings.HasPrefix(py.Name(), python) {
				campaign.Suites = append(campaign.Suites, suite.Suite{Name: py.Name(), Parts: parts(t, py, only, limit)})
			}
		}
	})
	if err != nil {
		return err
	}
	if len(campaign.Suites) == 0 {
		return errors.New("no interpreter that the packages have wheels for")
	}
	return campaign.Run()
}
