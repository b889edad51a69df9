package symbols

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

// splitDwarf are the versions that have split units: GNU's extension, and the standard's.
var splitDwarf = []string{"-gdwarf-4", "-gdwarf-5"}

// compressedTypes are flags whose output LLVM 14's packer does not end with: it takes all memory.
const compressedTypes = "-gdwarf-5 -fdebug-types-section -gz"

// compileSplit compiles a module whose functions are described in a .dwo file.
func compileSplit(t *testing.T, flags ...string) (module, dwo string, ret uint64) {
	t.Helper()
	all := []string{"-O2", "-gsplit-dwarf"}
	for _, flag := range flags {
		all = append(all, strings.Fields(flag)...)
	}
	module = compile(t, "c++", "inlined.cc", all...)
	found, err := filepath.Glob(filepath.Join(filepath.Dir(module), "*.dwo"))
	if err != nil || len(found) != 1 {
		t.Fatalf(".dwo files %v, %v", found, err)
	}
	return module, found[0], onlyReturn(t, module, "entry")
}

// TestSplitDwarf finds the functions of a split unit where the compiler left them, beside
// the module, and in a package.
func TestSplitDwarf(t *testing.T) {
	for _, version := range append(splitDwarf, "-gdwarf-4 -fdebug-types-section", "-gdwarf-5 -fdebug-types-section", compressedTypes) {
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

// TestJoined: sections that are read as one give the same bytes wherever a read begins and ends.
func TestJoined(t *testing.T) {
	const whole = "one, two and three"
	var all joined
	for _, part := range []string{"one", "", ", two", " and three"} {
		if !all.add(dwarf.Section{ReaderAt: strings.NewReader(part), Size: int64(len(part))}) {
			t.Fatalf("%q finds no room", part)
		}
	}
	if all.size() != int64(len(whole)) || all.add(dwarf.Section{Size: maxInflated}) {
		t.Errorf("%d bytes, want %d and no room for %d more", all.size(), len(whole), int64(maxInflated))
	}
	for at := range len(whole) + 2 {
		for n := range len(whole) + 2 {
			p := make([]byte, n)
			read, err := all.ReadAt(p, int64(at))
			want := whole[min(at, len(whole)):min(at+n, len(whole))]
			if string(p[:read]) != want || (err == nil) != (read == n) {
				t.Fatalf("%d bytes at %d: %q, %v; want %q", n, at, p[:read], err, want)
			}
		}
	}
}

// packageSplits packs a module's .dwo files. binutils' dwp knows DWARF 4 alone.
func packageSplits(t *testing.T, version, module string) {
	t.Helper()
	tool := "dwp"
	if strings.HasPrefix(version, "-gdwarf-5") {
		tool = "llvm-dwp"
	}
	if version == compressedTypes {
		t.Skipf("%s does not end", tool)
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
