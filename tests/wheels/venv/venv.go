// Package venv makes virtual environments with pinned packages for the tests, each once a
// machine.
package venv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
)

// Env is a virtual environment.
type Env struct {
	Dir    string
	Python string // its interpreter
}

// New returns the environment of py in which the requirements file, an absolute path, is
// installed. pip reads its options from the file as well; `--only-binary :all:` belongs
// into most.
func New(t testing.TB, py pythons.Python, requirements string) Env {
	t.Helper()
	wanted, err := os.ReadFile(requirements)
	if err != nil {
		t.Fatalf("read the requirements: %v", err)
	}
	key := []string{py.Path, py.Version, string(wanted)}
	dir := cache.Folder(t, "venv-"+py.Name(), key, func(dir string) error {
		return install(py, dir, requirements)
	})
	return Env{Dir: dir, Python: filepath.Join(dir, "bin", "python")}
}

// install makes the environment in dir.
func install(py pythons.Python, dir, requirements string) error {
	if err := run(exec.Command(py.Path, "-m", "venv", dir)); err != nil {
		return fmt.Errorf("make the environment (Debian's python3-venv has the module): %w", err)
	}
	pip := exec.Command(filepath.Join(dir, "bin", "python"), "-m", "pip", "install",
		"--quiet", "--disable-pip-version-check", "--requirement", requirements)
	// Unlike --constraint, the variable holds for the tools that a source package is built
	// with, too.
	pip.Env = append(os.Environ(), "PIP_CONSTRAINT="+requirements)
	if err := run(pip); err != nil {
		return fmt.Errorf("install %s: %w", requirements, err)
	}
	return nil
}

// run runs the command; the error has its output.
func run(command *exec.Cmd) error {
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, said)
	}
	return nil
}
