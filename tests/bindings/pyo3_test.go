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

// pyo3Module is the file name of PyO3's module, which serves every version (abi3).
const pyo3Module = "pyo3_fixture.abi3.so"

// buildPyO3 compiles the Rust fixture and returns its folder. Without cargo the test is
// skipped; with CI=true it fails.
func buildPyO3(t *testing.T) string {
	t.Helper()
	version, err := output("cargo", "--version")
	if err != nil {
		const install = "no cargo to build PyO3 with: install Rust, or Debian's package cargo"
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s: %v", install, err)
		}
		t.Skip(install)
	}
	key := []string{version}
	for _, name := range []string{"Cargo.toml", "Cargo.lock", "src/lib.rs"} {
		data, err := os.ReadFile(testdata(t, "pyo3/"+name))
		if err != nil {
			t.Fatal(err)
		}
		key = append(key, string(data))
	}
	return cache.Folder(t, "bindings-pyo3", key, func(dir string) error {
		return cargo(testdata(t, "pyo3/Cargo.toml"), dir)
	})
}

// cargo builds the crate of manifest and leaves the module in dir.
func cargo(manifest, dir string) error {
	target := filepath.Join(dir, "target")
	command := exec.Command("cargo", "build", "--release", "--locked", "--quiet", "--jobs", "2",
		"--manifest-path", manifest, "--target-dir", target)
	// abi3 needs no interpreter to ask, and must not depend on the one at hand.
	command.Env = append(os.Environ(), "PYO3_NO_PYTHON=1")
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, said)
	}
	made := filepath.Join(target, "release", "libpyo3_fixture.so")
	if err := os.Rename(made, filepath.Join(dir, pyo3Module)); err != nil {
		return err
	}
	return os.RemoveAll(target)
}

// Rust binds what it calls through GLOB_DAT in a table that is read-only after load: the
// fixture is only worth something as long as it does.
func TestPyO3BindsByGlobDat(t *testing.T) {
	path := filepath.Join(buildPyO3(t), pyo3Module)
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
