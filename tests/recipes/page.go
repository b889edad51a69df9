// Package recipes runs the recipes of docs/recipes.md: their commands are taken out of the
// page and run in a fresh folder.
package recipes

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// block is a fenced block of the page, and the file it is the content of, if it is one's.
type block struct {
	language, file, text string
}

var (
	section = regexp.MustCompile(`(?m)^## (.+)\n`)
	fenced  = regexp.MustCompile("(?m)(?:^`([^`\n]+)`:\n\n)?^```(\\w+)\n((?s:.*?))^```$")
)

// recipe returns the blocks of the page's section.
func recipe(t *testing.T, title string) []block {
	t.Helper()
	page, err := os.ReadFile("../../docs/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	heads := section.FindAllStringSubmatchIndex(string(page), -1)
	for i, head := range heads {
		if string(page[head[2]:head[3]]) != title {
			continue
		}
		end := len(page)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		var blocks []block
		for _, m := range fenced.FindAllStringSubmatch(string(page[head[1]:end]), -1) {
			blocks = append(blocks, block{m[2], m[1], m[3]})
		}
		if len(blocks) == 0 {
			t.Fatalf("docs/recipes.md has no fenced block below %q", title)
		}
		return blocks
	}
	t.Fatalf("docs/recipes.md has no section %q", title)
	return nil
}

// githubSteps returns the `run:` of each step of the workflow's job.
func githubSteps(t *testing.T, text, job string) []string {
	t.Helper()
	var workflow struct {
		Jobs map[string]struct{ Steps []struct{ Run string } }
	}
	if err := yaml.Unmarshal([]byte(text), &workflow); err != nil {
		t.Fatalf("read the workflow: %v", err)
	}
	var runs []string
	for _, step := range workflow.Jobs[job].Steps {
		if step.Run != "" {
			runs = append(runs, step.Run)
		}
	}
	return runs
}

// gitlabScript returns the job's script, as the one script that GitLab's runner makes of it.
func gitlabScript(t *testing.T, text, job string) string {
	t.Helper()
	var jobs map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &jobs); err != nil {
		t.Fatalf("read the jobs: %v", err)
	}
	var body struct{ Script []string }
	node := jobs[job]
	if err := node.Decode(&body); err != nil {
		t.Fatalf("read job %s: %v", job, err)
	}
	return strings.Join(body.Script, "\n")
}
