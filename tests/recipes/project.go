package recipes

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// project is a fresh copy of testdata/project, with what a CI machine has around it: a home
// folder, a `python` on PATH, and gilwatch there.
type project struct {
	dir, home string
	env       []string
}

// wrongOrder is the bug of testdata/project, rightOrder its repair.
const (
	wrongOrder = "    PyList_Reverse(list);\n    PyEval_RestoreThread(state);\n"
	rightOrder = "    PyEval_RestoreThread(state);\n    PyList_Reverse(list);\n"
)

// each runs f with the project as it is, whose run must name the bug, and then with the bug
// repaired, in the same place, as the next commit would be.
func each(t *testing.T, f func(t *testing.T, p *project, wrong bool)) {
	t.Helper()
	t.Parallel()
	p := newProject(t, interpreter(t))
	t.Run("wrong", func(t *testing.T) { f(t, p, true) })
	p.repair(t)
	t.Run("right", func(t *testing.T) { f(t, p, false) })
}

// interpreter is the one that the recipes are run with.
func interpreter(t *testing.T) pythons.Python {
	all := pythons.All(t)
	for _, py := range all {
		if py.Minor == 12 {
			return py
		}
	}
	return all[len(all)-1]
}

func newProject(t *testing.T, py pythons.Python) *project {
	t.Helper()
	p := &project{dir: filepath.Join(t.TempDir(), "samples"), home: t.TempDir()}
	if err := os.CopyFS(p.dir, os.DirFS("testdata/project")); err != nil {
		t.Fatal(err)
	}
	requirements, err := filepath.Abs("testdata/requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	tools := venv.New(t, py, requirements)
	packages := wheelhouse(t, py, tools)
	own := filepath.Join(p.home, "venv")
	p.env = append(append(os.Environ(), quickPip(t, packages)...),
		"PATH="+strings.Join([]string{filepath.Join(own, "bin"), filepath.Dir(watch.Binary(t)),
			filepath.Join(tools.Dir, "bin"), os.Getenv("PATH")}, ":"))
	p.mustRun(t, tools.Python+" -m virtualenv --quiet "+own)
	return p
}

// quickPip is the environment in which pip and virtualenv ask no network and do little twice:
// each environment that they make links to one unpacked and compiled copy of pip and of what
// the project is built with, where a new one would cost more than all that a recipe does.
func quickPip(t *testing.T, packages string) []string {
	t.Helper()
	shared := cache.Folder(t, "virtualenv", nil, func(string) error { return nil })
	return []string{
		"PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + packages, "PIP_DISABLE_PIP_VERSION_CHECK=1",
		"PIP_NO_BUILD_ISOLATION=0", // means without, https://github.com/pypa/pip/issues/5735
		"PIP_NO_COMPILE=1",
		"VIRTUALENV_SETUPTOOLS=bundle", "VIRTUALENV_WHEEL=bundle", "VIRTUALENV_NO_PERIODIC_UPDATE=1",
		"VIRTUALENV_SYMLINK_APP_DATA=1", "VIRTUALENV_OVERRIDE_APP_DATA=" + shared,
	}
}

// repair takes the bug out.
func (p *project) repair(t *testing.T) {
	t.Helper()
	path := filepath.Join(p.dir, "samples.c")
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(source, []byte(wrongOrder)) {
		t.Fatal("testdata/project/samples.c lacks its bug")
	}
	p.write(t, "samples.c", strings.Replace(string(source), wrongOrder, rightOrder, 1))
}

// wheelhouse is a folder with what the recipes install, so that a test needs no network but
// the first time.
func wheelhouse(t *testing.T, py pythons.Python, tools venv.Env) string {
	t.Helper()
	wanted := []string{"pytest==8.3.4", "pytest-xdist==3.6.1", "setuptools==75.3.0", "wheel==0.45.1"}
	return cache.Folder(t, "wheelhouse-"+py.Name(), append([]string{py.Path, py.Version}, wanted...), func(dir string) error {
		args := append([]string{"-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", dir}, wanted...)
		said, err := exec.Command(tools.Python, args...).CombinedOutput()
		if err != nil {
			return errors.Join(err, errors.New(string(said)))
		}
		return nil
	})
}

func (p *project) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeAll writes the blocks that are a file's content.
func (p *project) writeAll(t *testing.T, blocks []block) {
	t.Helper()
	for _, b := range blocks {
		if b.file != "" {
			p.write(t, b.file, b.text)
		}
	}
}

// run runs a script as CI systems do, in a shell that ends at the first failure, and returns
// its status and what it wrote.
func (p *project) run(t *testing.T, script string) (int, string) {
	t.Helper()
	command := exec.Command("bash", "-eo", "pipefail", "-c", script)
	command.Dir, command.Env = p.dir, p.env
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("run %q: %v", script, err)
	}
	return command.ProcessState.ExitCode(), string(said)
}

func (p *project) mustRun(t *testing.T, script string) {
	t.Helper()
	if status, said := p.run(t, script); status != 0 {
		t.Fatalf("%s: status %d\n%s", script, status, said)
	}
}

// ends runs a script that has gilwatch in it. Of a wrong project it must end with status and
// name the bug, of a right one with 0 and none.
func (p *project) ends(t *testing.T, script string, wrong bool, status int) {
	t.Helper()
	got, said := p.run(t, script)
	if !wrong {
		status = 0
	}
	if got != status {
		t.Errorf("status %d, want %d\n%s", got, status, said)
	}
	summary := "gilwatch: no violations in "
	if wrong {
		summary = "gilwatch: 1 error in "
	}
	if !strings.Contains(said, summary) || strings.Contains(said, "PyList_Reverse called without the GIL") != wrong {
		t.Errorf("want %q\n%s", summary, said)
	}
}
