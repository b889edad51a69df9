// Package tree tests that every process of a run is found and watched, whatever started
// it, and that none of them fares otherwise than without gilwatch.
package tree

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

const (
	touched  = "PyObject_IsTrue" // what wrong_truth of the fixture calls detached
	violated = 66
)

// leaf is a process that called the fixture's function, as it says itself.
type leaf struct {
	Way       string
	Pid, PPid int
	Python    string
	Argv      []string
}

// leaves reads what the leaves wrote.
func leaves(t *testing.T, path string) []leaf {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []leaf
	for in := bufio.NewScanner(f); in.Scan(); {
		var l leaf
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// calls builds the fixture whose functions the leaves call.
func calls(t testing.TB, py pythons.Python) fixture.Module {
	return fixture.Build(t, py, "../gate/testdata/calls.c", fixture.Lazy)
}

// file is the path of one of the test's scripts.
func file(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// each holds the report against what the leaves wrote: every one was watched, as the
// process it is, and violated once, or, with the right function, not at all.
func each(t *testing.T, result *watch.Result, all []leaf, function string) {
	t.Helper()
	result.Watched(t)
	var pids []int
	for _, l := range all {
		pids = append(pids, l.Pid)
		at := slices.IndexFunc(result.Report.Processes, func(p watch.Process) bool { return p.PID == l.Pid && p.Watched })
		if at < 0 {
			t.Errorf("%s: pid %d is not among the watched processes", l.Way, l.Pid)
			continue
		}
		p := result.Report.Processes[at]
		// The shell that started an orphan ends before it has begun, or after.
		if p.PPID != l.PPid && l.Way != "orphan" || !slices.Equal(p.Argv, l.Argv) || p.Python == nil || *p.Python != l.Python {
			t.Errorf("%s: process %+v (python %v), want %+v", l.Way, p, p.Python, l)
		}
	}
	if function != "wrong_truth" {
		result.Clean(t)
		return
	}
	result.Exit(t, violated)
	var found []int
	for _, v := range result.Report.Violations {
		if v.Function != touched || v.Kind != "gil-not-held" || v.Count != len(v.Processes) {
			t.Errorf("%s: %d times in %d processes", v, v.Count, len(v.Processes))
		}
		found = append(found, v.Processes...)
	}
	slices.Sort(found)
	slices.Sort(pids)
	if !slices.Equal(found, pids) {
		t.Errorf("violations in %v, want %v\n%s", found, pids, result)
	}
}

// Every way to start a program, with and without LD_PRELOAD in the environment: found once
// in each, or in none.
func TestEveryWay(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		module := calls(t, py)
		spawners := fixture.Build(t, py, "testdata/spawners.c", fixture.Lazy)
		for _, function := range []string{"wrong_truth", "right_truth"} {
			out := filepath.Join(t.TempDir(), "out")
			command := watch.Command{Args: []string{py.Path, file(t, "tree.py"), module.Dir, function, out}}
			command.Flags = []string{"--wait-children", "1m"}
			result := watch.Run(t, command.Importing(spawners))
			all := leaves(t, out)
			if len(all) != 37 {
				t.Errorf("%d leaves\n%s", len(all), result)
			}
			each(t, result, all, function)
			if p := result.Report.Summary.ProcessesUnwatched; p != 0 {
				t.Errorf("%d unwatched processes\n%s", p, result)
			}
		}
	})
}

// One interpreter starts another, of another version and build.
func TestVersions(t *testing.T) {
	const code = `
import os, subprocess, sys
leaf, out, function, *rest = sys.argv[1:]
folder, *following = rest
if following:
    subprocess.check_call([following[0], "-c", open(os.environ["CODE"]).read(), leaf, out, function, *following[1:]])
sys.argv[1:] = [folder, function, out, sys.version.split()[0]]
sys.path.insert(0, os.path.dirname(leaf))
import leaf
leaf.call()
`
	all := pythons.All(t)
	if len(all) < 2 {
		t.Skip("one interpreter is no mixture")
	}
	script := filepath.Join(t.TempDir(), "code.py")
	if err := os.WriteFile(script, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, function := range []string{"wrong_truth", "right_truth"} {
		out := filepath.Join(t.TempDir(), "out")
		args := []string{all[0].Path, "-c", code, file(t, "leaf.py"), out, function, calls(t, all[0]).Dir}
		for _, py := range all[1:] {
			args = append(args, py.Path, calls(t, py).Dir)
		}
		result := watch.Run(t, watch.Command{Args: args, Env: []string{"CODE=" + script}})
		found := leaves(t, out)
		if len(found) != len(all) {
			t.Errorf("%d leaves, want %d\n%s", len(found), len(all), result)
		}
		each(t, result, found, function)
	}
}

// missing skips, or fails where everything should be installed.
func missing(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// exists tells whether a file is there.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}
