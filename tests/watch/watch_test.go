package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake puts a program in gilwatch's place that writes the given report and runs the command.
func fake(t *testing.T, report string) {
	t.Helper()
	folder := t.TempDir()
	saved := filepath.Join(folder, "report.json")
	if err := os.WriteFile(saved, []byte(report), 0o644); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\n" +
		"while [ \"$1\" != -- ]; do case $1 in json=*) cp '" + saved + "' \"${1#json=}\";; esac; shift; done\n" +
		"shift\nexec \"$@\"\n"
	path := filepath.Join(folder, "gilwatch")
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GILWATCH", path)
}

const clean = `{"schema": "gilwatch.report/1", "new_field": 1,
	"processes": [{"pid": 7, "watched": true, "functions_watched": 1200, "reason": null}],
	"violations": [], "summary": {"processes_watched": 1}}`

const capsule = `{"schema": "gilwatch.report/1",
	"processes": [{"pid": 7, "watched": true, "functions_watched": 1200}],
	"violations": [{"kind": "gil-not-held", "severity": "error", "function": "PyCapsule_New",
		"count": 1, "pid": 7, "fatal": true, "tail_call": false,
		"native_stack": [{"function": "make", "module": "/x/bug.so"}, {"function": null, "module": null}],
		"released_at": [{"function": "make", "module": "/x/bug.so"}]}],
	"summary": {"errors": 1, "occurrences": 1, "processes_watched": 1}}`

func TestRunPassesTheCommandThrough(t *testing.T) {
	fake(t, clean)
	dir := t.TempDir()
	result := Run(t, Command{
		Args: []string{"/bin/sh", "-c", "echo $A; pwd; echo err >&2; exit 3"},
		Env:  []string{"A=out"}, Dir: dir, Flags: []string{"--fail-on", "never"},
	})
	result.Exit(t, 3)
	result.Prints(t, "out\n"+dir+"\n")
	if result.Stderr != "err\n" {
		t.Errorf("stderr %q", result.Stderr)
	}
	result.Watched(t)
	result.None(t)
}

func TestBareFoldsSignals(t *testing.T) {
	result := Bare(t, Command{Args: []string{"/bin/sh", "-c", "kill -TERM $$"}})
	result.Exit(t, 128+15)
	if result.Report != nil {
		t.Error("a report without gilwatch")
	}
}

func TestOnlyMatches(t *testing.T) {
	fake(t, capsule)
	result := Run(t, Command{Args: []string{"/bin/true"}})
	v := result.Only(t, Want{Function: "PyCapsule_New", Module: "bug.so", Fatal: true, PID: 7})
	if len(v) != 1 || !v[0].ReleasedAt[0].In("bug.so") {
		t.Errorf("violations %v", v)
	}
}

// recorder is a T that keeps the failures, to test that assertions fail.
type recorder struct{ failures []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func TestAssertionsFail(t *testing.T) {
	fake(t, capsule)
	found := Run(t, Command{Args: []string{"/bin/true"}})
	fake(t, clean)
	nothing := Run(t, Command{Args: []string{"/bin/true"}})
	unwatched := &Result{Report: &Report{Processes: []Process{{Watched: true, FunctionsWatched: 3}}}}
	lost := &Result{Report: &Report{Summary: Summary{Lost: 1, ProcessesWatched: 1}}}
	right := Want{Function: "PyCapsule_New", Fatal: true}
	differing := func(change func(*Want)) func(T) {
		want := right
		change(&want)
		return func(t T) { found.Only(t, want) }
	}
	for name, c := range map[string]struct {
		assert func(T)
		says   string
	}{
		"exit":              {func(t T) { found.Exit(t, 66) }, "exit status 0, want 66"},
		"prints":            {func(t T) { found.Prints(t, "x") }, `want "x"`},
		"like":              {func(t T) { found.Like(t, &Result{Stderr: "x"}) }, "stderr differs"},
		"none":              {func(t T) { found.None(t) }, "a violation too many"},
		"none by summary":   {func(t T) { found.None(t) }, "1 errors"},
		"clean":             {func(t T) { found.Clean(t) }, "a violation too many"},
		"nothing found":     {func(t T) { nothing.Only(t, right) }, "no violation of PyCapsule_New"},
		"function":          {differing(func(w *Want) { w.Function = "PyList_New" }), "no violation of PyList_New"},
		"kind":              {differing(func(w *Want) { w.Kind = "before-init" }), "kind is gil-not-held"},
		"severity":          {differing(func(w *Want) { w.Severity = "note" }), "severity is error"},
		"count":             {differing(func(w *Want) { w.Count = 2 }), "count is 1"},
		"fatal":             {differing(func(w *Want) { w.Fatal = false }), "fatal is true"},
		"tail call":         {differing(func(w *Want) { w.TailCall = true }), "tail_call is false"},
		"pid":               {differing(func(w *Want) { w.PID = 8 }), "pid is 7"},
		"module":            {differing(func(w *Want) { w.Module = "other.so" }), "not called from other.so"},
		"not watched":       {func(t T) { unwatched.Watched(t) }, "no process was watched"},
		"few functions":     {func(t T) { unwatched.Watched(t) }, "3 functions watched"},
		"lost":              {func(t T) { lost.Only(t) }, "1 violations lost"},
		"lost when watched": {func(t T) { lost.Watched(t) }, "1 violations lost"},
		"watched after all": {func(t T) { nothing.NothingWatched(t) }, "is said to be watched"},
		"no report":         {func(t T) { new(Result).None(t) }, "wrote no report"},
	} {
		t.Run(name, func(t *testing.T) {
			var r recorder
			c.assert(&r)
			if said := strings.Join(r.failures, "\n"); !strings.Contains(said, c.says) {
				t.Errorf("the assertion said %q, want %q in it", said, c.says)
			}
		})
	}
}

func TestBadReports(t *testing.T) {
	for name, content := range map[string]string{
		"no JSON":       "{",
		"other schema":  `{"schema": "gilwatch.report/2"}`,
		"other type":    `{"schema": "gilwatch.report/1", "violations": 3}`,
		"empty":         "",
		"a bare string": `"gilwatch.report/1"`,
	} {
		path := filepath.Join(t.TempDir(), "report.json")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadReport(path); err == nil {
			t.Errorf("%s: decoded without an error", name)
		}
	}
}

func TestEnvironmentIsNeutral(t *testing.T) {
	t.Setenv("PYTHONMALLOC", "debug")
	t.Setenv("LD_PRELOAD", "")
	t.Setenv("GILWATCH_QUIET", "1")
	t.Setenv("KEPT", "1")
	all := "\n" + strings.Join(environment(), "\n")
	for _, name := range []string{"PYTHONMALLOC", "LD_PRELOAD", "GILWATCH_QUIET"} {
		if strings.Contains(all, "\n"+name+"=") {
			t.Errorf("%s is passed on", name)
		}
	}
	if !strings.Contains(all, "\nKEPT=1") {
		t.Error("KEPT is not passed on")
	}
}
