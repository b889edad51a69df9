package recipes

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// script is the text of a recipe's only shell block.
func script(t *testing.T, blocks []block) string {
	t.Helper()
	for _, b := range blocks {
		if b.language == "sh" {
			return b.text
		}
	}
	t.Fatal("no sh block")
	return ""
}

func TestGitHubActions(t *testing.T) {
	workflow := recipe(t, "GitHub Actions")[0]
	steps := githubSteps(t, workflow.text, "gil")
	if len(steps) != 3 {
		t.Fatalf("%d steps have a run:, want 3", len(steps))
	}
	each(t, func(t *testing.T, p *project, wrong bool) {
		paths, summary := filepath.Join(p.home, "path"), filepath.Join(t.TempDir(), "summary.md")
		p.env = append(p.env, "GITHUB_PATH="+paths, "GITHUB_STEP_SUMMARY="+summary)
		if wrong { // gilwatch is built once for both
			p.ci(t)
			p.mustRun(t, steps[0])
			added, err := os.ReadFile(paths)
			if err != nil {
				t.Fatal(err)
			}
			p.before(strings.TrimSpace(string(added)))
		}
		p.mustRun(t, steps[1])
		p.ends(t, steps[2], wrong, 66)
		p.found(t, "gil.json", wrong)
		p.holds(t, "gil.sarif", "PyList_Reverse", wrong)
		if text, err := os.ReadFile(summary); err != nil || strings.Contains(string(text), "PyList_Reverse") != wrong {
			t.Errorf("the job's summary: %v\n%s", err, text)
		}
	})
}

func TestGitLab(t *testing.T) {
	jobs := recipe(t, "GitLab CI")[0]
	each(t, func(t *testing.T, p *project, wrong bool) {
		if wrong { // gilwatch is built once for both
			p.ci(t)
			p.mustRun(t, gitlabScript(t, jobs.text, "gilwatch"))
		}
		p.ends(t, gitlabScript(t, jobs.text, "gil"), wrong, 66)
		p.found(t, "gil.json", wrong)
		p.holds(t, "gil.xml", "<failure", wrong)
	})
}

func TestTox(t *testing.T) {
	blocks := recipe(t, "tox")
	each(t, func(t *testing.T, p *project, wrong bool) {
		p.writeAll(t, blocks)
		p.ends(t, "tox run -e gil", wrong, 66)
		p.found(t, ".tox/gil/gil.json", wrong)
	})
}

func TestNox(t *testing.T) {
	blocks := recipe(t, "nox")
	each(t, func(t *testing.T, p *project, wrong bool) {
		p.writeAll(t, blocks)
		p.ends(t, "nox -s gil", wrong, 1)
	})
}

func TestXdist(t *testing.T) {
	commands := script(t, recipe(t, "pytest-xdist"))
	each(t, func(t *testing.T, p *project, wrong bool) { p.ends(t, commands, wrong, 66) })
}

func TestMake(t *testing.T) {
	blocks := recipe(t, "make")
	each(t, func(t *testing.T, p *project, wrong bool) {
		p.writeAll(t, blocks)
		p.mustRun(t, "python -m pip install . pytest")
		p.ends(t, "make gil", wrong, 2) // make's own status for a command that failed
		p.holds(t, "gil.txt", "PyList_Reverse called without the GIL", wrong)
	})
}

// Without an engine the Dockerfile's RUN and CMD are run as plain commands.
func TestDockerfile(t *testing.T) {
	file := recipe(t, "docker")[0]
	each(t, func(t *testing.T, p *project, wrong bool) {
		for _, line := range strings.Split(strings.TrimSpace(file.text), "\n") {
			word, rest, _ := strings.Cut(line, " ")
			switch word {
			case "FROM", "COPY", "WORKDIR":
			case "RUN":
				p.mustRun(t, rest)
			case "CMD":
				var command []string
				if err := json.Unmarshal([]byte(rest), &command); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				p.ends(t, strings.Join(command, " "), wrong, 66)
			default:
				t.Errorf("the Dockerfile has a line that is not tried: %s", line)
			}
		}
		p.found(t, "gil.json", wrong)
	})
}

// ci makes the machine one that has no gilwatch: a home of its own, and a git that gets this
// tree where the recipe names the repository.
func (p *project) ci(t *testing.T) {
	t.Helper()
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOFLAGS"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		p.env = append(p.env, name+"="+strings.TrimSpace(string(value)))
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	origin := filepath.Join(p.home, "origin.git")
	git := "git --git-dir=" + origin + " --work-tree=" + root + " "
	p.mustRun(t, "git init --quiet --bare "+origin+" && "+git+"add --all "+root+
		" && "+git+"-c user.name=test -c user.email=test@example.org commit --quiet -m tree")
	p.env = append(p.env, "HOME="+p.home, "GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=url.file://"+origin+".insteadOf",
		"GIT_CONFIG_VALUE_0=https://github.com/gilwatch/gilwatch.git")
}

// before puts a folder at the front of PATH.
func (p *project) before(folder string) {
	for i := len(p.env) - 1; i >= 0; i-- {
		if path, ok := strings.CutPrefix(p.env[i], "PATH="); ok {
			p.env = append(p.env, "PATH="+folder+":"+path)
			return
		}
	}
}

// found fails unless the JSON report has the bug, or none.
func (p *project) found(t *testing.T, name string, wrong bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Error(err)
		return
	}
	var r struct {
		Violations []struct{ Function string }
		Summary    struct {
			Watched int `json:"processes_watched"`
		}
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	want := map[bool]int{true: 1, false: 0}[wrong]
	if len(r.Violations) != want || wrong && r.Violations[0].Function != "PyList_Reverse" || r.Summary.Watched == 0 {
		t.Errorf("%s: %+v", name, r)
	}
}

// holds fails unless the file has the text exactly if wanted.
func (p *project) holds(t *testing.T, name, text string, wanted bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil || strings.Contains(string(data), text) != wanted {
		t.Errorf("%s has %q: want %v, %v\n%.4000s", name, text, wanted, err, data)
	}
}
