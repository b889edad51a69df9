package bindings

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
)

// crate is a Rust fixture. Its module serves every version (abi3).
type crate struct {
	folder string // in testdata
	module string // as it is imported
}

var (
	pyo3    = crate{"pyo3", "pyo3_fixture"}
	oldPyO3 = crate{"pyo3_old", "pyo3_old_fixture"}
)

// crates are the Rust fixtures by what is imported.
var crates = map[string]crate{pyo3.module: pyo3, oldPyO3.module: oldPyO3}

// file is the module's file name.
func (c crate) file() string { return c.module + ".abi3.so" }

// build compiles the crate at an optimization level and returns the module's folder.
// Without cargo the test is skipped; with CI=true it fails.
func (c crate) build(t *testing.T, level string) string {
	t.Helper()
	needs(t, "cargo", "Rust, or Debian's package cargo")
	version, err := output("cargo", "--version")
	if err != nil {
		t.Fatal(err)
	}
	key := []string{version, level, testdata(t, c.folder)} // debug information has the folder
	for _, name := range []string{"Cargo.toml", "Cargo.lock", "src/lib.rs"} {
		data, err := os.ReadFile(testdata(t, c.folder+"/"+name))
		if err != nil {
			t.Fatal(err)
		}
		key = append(key, string(data))
	}
	manifest := testdata(t, c.folder+"/Cargo.toml")
	return cache.Folder(t, "bindings"+level+"-"+c.folder, key, func(dir string) error {
		return c.cargo(manifest, dir, level)
	})
}

// cargo builds the crate of manifest and leaves the module in dir. Cargo's own levels are 0
// and 3, those of its profiles.
func (c crate) cargo(manifest, dir, level string) error {
	target, profile := filepath.Join(dir, "target"), "release"
	args := []string{"build", "--locked", "--quiet", "--jobs", "2", "--manifest-path", manifest, "--target-dir", target}
	if level == "-O0" {
		profile = "debug"
	} else {
		args = append(args, "--release")
	}
	command := exec.Command("cargo", args...)
	// abi3 needs no interpreter to ask, and must not depend on the one at hand.
	command.Env = append(os.Environ(), "PYO3_NO_PYTHON=1")
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, said)
	}
	made := filepath.Join(target, profile, "lib"+c.module+".so")
	if err := os.Rename(made, filepath.Join(dir, c.file())); err != nil {
		return err
	}
	return os.RemoveAll(target)
}

// Rust binds what it calls through GLOB_DAT in a table that is read-only after load: the
// fixture is only worth something as long as it does.
func TestPyO3BindsByGlobDat(t *testing.T) {
	path := filepath.Join(pyo3.build(t, "-O2"), pyo3.file())
	if kind := fixture.Relocation(t, path, "PyUnicode_FromString"); kind != elf.R_X86_64_GLOB_DAT {
		t.Errorf("PyUnicode_FromString is bound by %v", kind)
	}
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	flags, err := file.DynValue(elf.DT_FLAGS)
	if err != nil || len(flags) != 1 || elf.DynFlag(flags[0])&elf.DF_BIND_NOW == 0 {
		t.Errorf("DT_FLAGS is %v (%v), want BIND_NOW", flags, err)
	}
}
