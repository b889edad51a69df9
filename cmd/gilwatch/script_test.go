package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/probe"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/shimfile"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rs/zerolog"
)

// The scripts' gilwatch is the real command line over a watch of the test's own,
// so that each report and each failure can be had without a shim; gilwatch-real
// has the real one.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"gilwatch": func() {
			a := newApp()
			a.begin = beginScripted
			os.Exit(a.main(os.Args[1:]))
		},
		"gilwatch-real": main,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("NL", "\n")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Condition: func(name string) (bool, error) {
			switch name {
			case "shim":
				_, err := shimfile.Bytes()
				return err == nil, nil
			case "root":
				return os.Getuid() == 0, nil
			case "attach":
				return attaches(t), nil
			}
			return false, fmt.Errorf("unknown condition %s", name)
		},
	})
}

// attaches tells whether the kernel lets us attach; a CI's root must be let.
func attaches(t *testing.T) bool {
	for _, fact := range probe.Surroundings() {
		if fact.Obstacle != nil {
			if os.Getenv("CI") == "true" && os.Getuid() == 0 {
				t.Error(fact.Obstacle)
			}
			return false
		}
	}
	return true
}

// exits is the scripts' command `exits N PROGRAM ARG...`: the program ends with
// status N.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with %d, want %d", args[1], got, want)
	}
}

// scriptedWatch is a watch whose findings stand in the environment:
// TEST_VIOLATIONS has a severity for each violation, TEST_BEGIN and TEST_FINISH
// are the errors of these steps.
type scriptedWatch struct{ noWatch }

func beginScripted(log zerolog.Logger, _ plan) (watch, error) {
	if text := os.Getenv("TEST_BEGIN"); text != "" {
		return nil, errors.New(text)
	}
	return scriptedWatch{noWatch{log}}, nil
}

func (scriptedWatch) Environ(environ []string) []string { return append(environ, "WATCHED=yes") }

func (w scriptedWatch) Finish(run collector.Run) (*report.Report, error) {
	if text := os.Getenv("TEST_FINISH"); text != "" {
		return nil, errors.New(text)
	}
	r, err := w.noWatch.Finish(run)
	if err != nil {
		return nil, err
	}
	if run.Unwatched == "" {
		r.Processes[0].Watched, r.Processes[0].Reason = true, nil
	}
	for _, severity := range strings.Fields(os.Getenv("TEST_VIOLATIONS")) {
		v := report.Violation{
			ID: "0123456789ab", Kind: report.KindGILNotHeld, Severity: severity, Function: "PyCapsule_New",
			Count: 1, PID: run.Pid, TID: run.Pid, Processes: []int{run.Pid}, Sensor: report.SensorCalls,
			NativeStack: []report.Frame{{Function: new("make_owner"), Module: new("/v/_ext.abi3.so")}},
		}
		if run.Keep(&v) {
			r.Violations = append(r.Violations, v)
		}
	}
	report.Summarize(r)
	return r, nil
}
