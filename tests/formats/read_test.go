package formats

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/wheels/cache"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// pytestSource is the package whose source distribution carries the XSD that Jenkins
// publishes for JUnit files.
const (
	pytestSource = "pytest==8.3.3"
	junitXSD     = "testing/example_scripts/junit-10.xsd"
)

// schema returns the path of the XSD.
func schema(t *testing.T, env venv.Env) string {
	t.Helper()
	dir := cache.Folder(t, "junit-xsd", []string{pytestSource, junitXSD}, func(dir string) error {
		pip := exec.Command(env.Python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
			"--no-deps", "--no-binary", ":all:", "--dest", dir, pytestSource)
		if said, err := pip.CombinedOutput(); err != nil {
			t.Logf("%s", said)
			return err
		}
		archives, err := filepath.Glob(filepath.Join(dir, "*.tar.gz"))
		if err != nil || len(archives) != 1 {
			t.Fatalf("%d archives, %v", len(archives), err)
		}
		return exec.Command("tar", "-xzf", archives[0], "-C", dir, "--strip-components=3", "--wildcards", "*/"+junitXSD).Run()
	})
	return filepath.Join(dir, filepath.Base(junitXSD))
}

// ask runs a script of testdata, which reads a report with software of others, and decodes
// what it prints.
func ask[T any](t *testing.T, env venv.Env, script string, args ...string) T {
	t.Helper()
	command := exec.Command(env.Python, append([]string{filepath.Join("testdata", script)}, args...)...)
	var stderr strings.Builder
	command.Stderr = &stderr
	said, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, &stderr)
	}
	var answer T
	if err := json.Unmarshal(said, &answer); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, said)
	}
	return answer
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
