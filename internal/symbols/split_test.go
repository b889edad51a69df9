package symbols

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// splitDwarf are the versions that have split units: GNU's extension, and the standard's.
var splitDwarf = []string{"-gdwarf-4", "-gdwarf-5"}

// compileSplit compiles a module whose functions are described in a .dwo file.
func compileSplit(t *testing.T, flags ...string) (module, dwo string, ret uint64) {
	t.Helper()
	module = compile(t, "c++", "inlined.cc", append([]string{"-O2", "-gsplit-dwarf"}, flags...)...)
	found, err := filepath.Glob(filepath.Join(filepath.Dir(module), "*.dwo"))
	if err != nil || len(found) != 1 {
		t.Fatalf(".dwo files %v, %v", found, err)
	}
	return module, found[0], onlyReturn(t, module, "entry")
}

// TestSplitDwarf finds the functions of a split unit where the compiler left them, beside
// the module, and in a package.
func TestSplitDwarf(t *testing.T) {
	for _, version := range splitDwarf {
		for name, place := range map[string]func(t *testing.T, module, dwo string) string{
			"as compiled": func(_ *testing.T, module, _ string) string { return module },
			"beside": func(t *testing.T, module, dwo string) string {
				to := t.TempDir()
				move(t, dwo, filepath.Join(to, filepath.Base(dwo)))
				move(t, module, filepath.Join(to, "moved.so"))
				return filepath.Join(to, "moved.so")
			},
			"package": func(t *testing.T, module, dwo string) string {
				packageSplits(t, version, module)
				move(t, dwo, filepath.Join(t.TempDir(), "gone"))
				return module
			},
		} {
			t.Run(version+" "+name, func(t *testing.T) {
				module, dwo, ret := compileSplit(t, version)
				r := resolverAt(t.TempDir())
				defer r.Close()
				checkMarks(t, r, place(t, module, dwo), ret, "inlined.cc", inlinedFrames)
			})
		}
	}
}

// packageSplits packs a module's .dwo files. binutils' dwp knows DWARF 4 alone.
func packageSplits(t *testing.T, version, module string) {
	t.Helper()
	tool := "dwp"
	if version == "-gdwarf-5" {
		tool = "llvm-dwp"
	}
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("no %s", tool)
	}
	output(t, tool, "-e", module, "-o", module+".dwp")
}

// TestSplitDwarfMissing: without the .dwo, or with that of another build, the line is known,
// the function comes from the symbol table, and the frame says what is missing.
func TestSplitDwarfMissing(t *testing.T) {
	for _, version := range splitDwarf {
		t.Run(version, func(t *testing.T) {
			module, dwo, ret := compileSplit(t, version)
			_, other, _ := compileSplit(t, version, "-DOTHER", "-O1")
			move(t, dwo, filepath.Join(t.TempDir(), "gone"))
			degraded(t, module, ret, "file does not exist")
			move(t, other, dwo)
			degraded(t, module, ret, "has no unit")
			if err := os.WriteFile(dwo, []byte("no ELF"), 0o600); err != nil {
				t.Fatal(err)
			}
			degraded(t, module, ret, "not ELF")
			if err := os.WriteFile(module+".dwp", []byte("no ELF"), 0o600); err != nil {
				t.Fatal(err)
			}
			degraded(t, module, ret, ".dwp")
		})
	}
}

func degraded(t *testing.T, module string, ret uint64, reason string) {
	t.Helper()
	r := resolverAt(t.TempDir())
	defer r.Close()
	frames := r.Resolve(Module{Path: module}, ret, true)
	if f := frames[0]; len(frames) != 1 || f.Function != "entry" || f.Line == 0 || !strings.Contains(f.Debug, reason) {
		t.Errorf("want one frame of entry with a line, and %q: %+v", reason, frames)
	}
}
