// Package pytest holds that a violation names the tests that it was seen in.
package pytest

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// each gives f the interpreters, and how the sources in testdata are run on them, calling
// touchy.wrong or touchy.right.
func each(t *testing.T, f func(t *testing.T, py pythons.Python, run func(call string, args ...string) *watch.Result)) {
	sources, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		env := venv.New(t, py, filepath.Join(sources, "requirements.txt"))
		module := fixture.Build(t, py, filepath.Join(sources, "touchy.c"), fixture.Lazy)
		f(t, py, func(call string, args ...string) *watch.Result {
			t.Helper()
			c := watch.Command{Args: append([]string{env.Python, "-m"}, args...), Dir: sources, Env: []string{"CALL=" + call}}
			result := watch.Run(t, c.Importing(module))
			result.Watched(t)
			if lost := result.Report.Summary.Lost; lost != 0 {
				t.Errorf("%d calls lost", lost)
			}
			return result
		})
	})
}

// pytest is the arguments of Python that run a file.
func pytest(file string, more ...string) []string {
	return append([]string{"pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", file}, more...)
}

// tests are those that any violation names, sorted, and the calls that were counted.
func tests(r *watch.Result) (names []string, calls int) {
	for _, v := range r.Report.Violations {
		names = append(names, v.Tests...)
		calls += v.Count
	}
	slices.Sort(names)
	return slices.Compact(names), calls
}

func holdTests(t *testing.T, r *watch.Result, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got, _ := tests(r); !slices.Equal(got, want) {
		t.Errorf("the tests are\n%q, want\n%q\n%s", got, want, r)
	}
}

// Of 200 tests 20 violate, all from one native stack: those are named, in one process and in
// four.
func TestMany(t *testing.T) {
	var want []string
	wantCalls := 0
	for number := 3; number < 200; number += 10 {
		want = append(want, fmt.Sprintf("test_many.py::test_many[%d] (call)", number))
		wantCalls += number
	}
	each(t, func(t *testing.T, _ pythons.Python, run func(string, ...string) *watch.Result) {
		for _, more := range [][]string{nil, {"-n", "4"}} {
			result := run("wrong", pytest("test_many.py", more...)...)
			holdTests(t, result, want...)
			if _, calls := tests(result); calls != wantCalls {
				t.Errorf("%d calls, want %d", calls, wantCalls)
			}
		}
		run("right", pytest("test_many.py", "-n", "2")...).Clean(t)
	})
}

// What a fixture, a thread, a child or a TestCase does is its test's, and a thread that goes
// on after its test is named by that.
func TestScenes(t *testing.T) {
	named := func(name string) string { return "test_scenes.py::" + name }
	each(t, func(t *testing.T, _ pythons.Python, run func(string, ...string) *watch.Result) {
		result := run("wrong", pytest("test_scenes.py")...)
		holdTests(
			t, result,
			named("test_phases (setup)"), named("test_phases (teardown)"), named("test_own_thread (call)"),
			named("test_makes_shared (setup)"), named("test_makes_shared (call)"), named("test_leaves_thread (call)"),
			named("test_subprocess (call)"), named("test_fork (call)"), named("Unit::test_method (call)"),
		)
		if _, calls := tests(result); calls != 10 {
			t.Errorf("%d calls, want 10", calls)
		}
		during := map[string][]string{}
		for _, v := range result.Report.Violations {
			for _, o := range v.Outlived {
				during[o.Test] = append(during[o.Test], o.During...)
				slices.Sort(during[o.Test])
			}
		}
		want := map[string][]string{
			named("test_makes_shared (setup)"): {named("test_last (teardown)"), named("test_uses_shared (call)")},
			named("test_leaves_thread (call)"): nil,
		}
		if !reflect.DeepEqual(during, want) {
			t.Errorf("threads went on after %q, want %q", during, want)
		}
		run("right", pytest("test_scenes.py")...).Clean(t)
	})
}

// unittest's test is read from the Python stack.
func TestUnittest(t *testing.T) {
	each(t, func(t *testing.T, py pythons.Python, run func(string, ...string) *watch.Result) {
		want := "unit.py::Unit::test_calls (call)"
		if py.Minor < 11 {
			want = "unit.py::test_calls (call)"
		}
		holdTests(t, run("wrong", "unittest", "-q", "unit"), want)
		run("right", "unittest", "-q", "unit").Clean(t)

		// Around a test nothing on the stack names it.
		result := run("wrong", "unittest", "-q", "around")
		holdTests(t, result)
		if _, calls := tests(result); calls != 7 {
			t.Errorf("%d calls, want 7", calls)
		}
		run("right", "unittest", "-q", "around").Clean(t)
	})
}
