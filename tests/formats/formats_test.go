// Package formats has each report format of one run read by software of others.
package formats

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
	"github.com/yuin/goldmark"
)

// run is one watched run, with a report in each format.
type run struct {
	dir    string
	result *watch.Result
}

func (r run) path(format string) string { return filepath.Join(r.dir, "report."+format) }

// sources is where the fixture's source lies: the working folder, as of a project.
const sources = "../gate/testdata"

// runAll runs call in a fixture and writes all formats.
func runAll(t *testing.T, py pythons.Python, call string) run {
	t.Helper()
	module := fixture.Build(t, py, filepath.Join(sources, "calls.c"), fixture.Lazy.With("debug", "-g"))
	r := run{dir: t.TempDir()}
	command := watch.Python(py, "import calls; calls."+call, module)
	folder, err := filepath.Abs(sources)
	if err != nil {
		t.Fatal(err)
	}
	command.Dir = folder
	for _, format := range []string{"json", "junit", "sarif", "github", "markdown", "pprof"} {
		command.Flags = append(command.Flags, "--report", format+"="+r.path(format))
	}
	r.result = watch.Run(t, command)
	return r
}

// each gives a test the environment with the readers, a run that violates and its twin.
func each(t *testing.T, f func(t *testing.T, env venv.Env, wrong, right run)) {
	all := pythons.All(t)
	py := all[len(all)-1]
	for _, candidate := range all {
		if candidate.Minor == 11 { // the newest on which the wrong call does not end the run
			py = candidate
		}
	}
	requirements, err := filepath.Abs("testdata/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	f(t, venv.New(t, py, requirements), runAll(t, py, "wrong_truth()"), runAll(t, py, "right_truth()"))
}

type junitReport struct {
	Tests, Failures int
	Cases           []struct {
		Suite, Name, Class string
		Output             *string
		Results            []struct{ Kind, Message, Text string }
	}
}

type sarifRecord struct {
	Tool, Severity, Code, Description, Location string
	Line                                        any
}

func TestFormats(t *testing.T) {
	each(t, func(t *testing.T, env venv.Env, wrong, right run) {
		wrong.result.Exit(t, 66)
		right.result.Exit(t, 0)

		t.Run("junit", func(t *testing.T) {
			got := ask[junitReport](t, env, "read_junit.py", wrong.path("junit"), schema(t, env))
			if got.Tests != 1 || got.Failures != 1 || got.Cases[0].Results[0].Kind != "Failure" ||
				!strings.HasPrefix(got.Cases[0].Name, "PyObject_IsTrue called without the GIL in wrong_truth [") {
				t.Errorf("got %+v", got)
			}
			if got := ask[junitReport](t, env, "read_junit.py", right.path("junit"), schema(t, env)); got.Tests != 1 || got.Failures != 0 {
				t.Errorf("got %+v", got)
			}
			for name, other := range junitOf(t, wrong, right) {
				got := ask[junitReport](t, env, "read_junit.py", other.path, schema(t, env))
				if got.Tests != 1 || got.Failures != 0 || len(got.Cases[0].Results) != 1 || got.Cases[0].Results[0].Kind != other.kind {
					t.Errorf("%s: got %+v", name, got)
				}
			}
		})
		t.Run("sarif", func(t *testing.T) {
			got := ask[[]sarifRecord](t, env, "read_sarif.py", wrong.path("sarif"))
			if len(got) != 1 || got[0].Location != "calls.c" || got[0].Code != "gil-not-held" || got[0].Severity != "error" {
				t.Errorf("got %+v", got)
			}
			if got := ask[[]sarifRecord](t, env, "read_sarif.py", right.path("sarif")); len(got) != 0 {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("pprof", func(t *testing.T) {
			for r, want := range map[run]bool{wrong: true, right: false} {
				said, err := exec.Command("go", "tool", "pprof", "-top", r.path("pprof")).CombinedOutput()
				if err != nil || strings.Contains(string(said), "PyObject_IsTrue") != want || strings.Contains(string(said), "wrong_truth") != want {
					t.Errorf("%v\n%s", err, said)
				}
			}
		})
		t.Run("github", func(t *testing.T) {
			if got := read(t, wrong.path("github")); !strings.HasPrefix(got, "::error file=calls.c,line=22,") || strings.Count(got, "\n") != 1 {
				t.Errorf("got %q", got)
			}
			if got := read(t, right.path("github")); got != "" {
				t.Errorf("got %q", got)
			}
		})
		t.Run("markdown", func(t *testing.T) {
			for r, want := range map[run]string{
				wrong: "<h4>error: <code>PyObject_IsTrue</code> called without the GIL</h4>\n<p>at <code>calls.c:22</code>",
				right: "<p>no violations in 1 process;",
			} {
				var html bytes.Buffer
				if err := goldmark.Convert([]byte(read(t, r.path("markdown"))), &html); err != nil || !strings.Contains(html.String(), want) {
					t.Errorf("%v: no %s in\n%s", err, want, &html)
				}
			}
		})
	})
}
