package symbols

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// marks returns the lines of testdata/source that end in "// MARK name".
func marks(t testing.TB, source string) map[string]int {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", source))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := map[string]int{}
	scanner := bufio.NewScanner(file)
	for n := 1; scanner.Scan(); n++ {
		if _, name, ok := strings.Cut(scanner.Text(), "// MARK "); ok {
			lines[name] = n
		}
	}
	if len(lines) == 0 {
		t.Fatalf("no marks in %s", source)
	}
	return lines
}

// markedFrame is a frame by the short name of its function and its mark.
type markedFrame struct{ short, mark string }

var inlinedFrames = []markedFrame{
	{"outer::Guard::Guard", "Guard"},
	{"outer::middle<int>", "middle"},
	{"(anonymous namespace)::local", "local"},
	{"operator()", "lambda"},
	{"entry", "entry"},
}

// checkMarks resolves the return address of the only call in function entry and
// compares every frame with the marks of source.
func checkMarks(t *testing.T, r *Resolver, path string, ret uint64, source string, want []markedFrame) {
	t.Helper()
	const bias = 0x7f3400000000
	lines := marks(t, source)
	frames := r.Resolve(Module{Path: path, Bias: bias}, bias+ret, true)
	if len(frames) != len(want) {
		t.Fatalf("%d frames, want %d: %+v", len(frames), len(want), frames)
	}
	for i, f := range frames {
		if !strings.HasSuffix(f.Short, want[i].short) {
			t.Errorf("frame %d is %q, want %q", i, f.Short, want[i].short)
		}
		if f.Line != lines[want[i].mark] || filepath.Base(f.File) != source || !filepath.IsAbs(f.File) {
			t.Errorf("frame %d is at %s:%d, want %s:%d", i, f.File, f.Line, source, lines[want[i].mark])
		}
		if f.Inlined != (i < len(want)-1) || !f.Exact || f.Column == 0 || f.Offset != ret || f.Debug != "" {
			t.Errorf("frame %d: %+v", i, f)
		}
	}
}

// onlyReturn returns where the only call in a function returns to.
func onlyReturn(t *testing.T, path, function string) uint64 {
	t.Helper()
	returns := callReturns(t, path, function)
	if len(returns) != 1 {
		t.Fatalf("objdump shows %d calls in %s", len(returns), function)
	}
	return returns[0]
}

// debugFlags are flags of debug information and the compilers that know them, nil for
// all.
var debugFlags = map[string][]string{
	"-gdwarf-5": nil, "-gdwarf-4": nil, "-gdwarf-3": nil, "-gdwarf-5 -gdwarf64": {"c++"},
	"-gdwarf-5 -gz=zlib": nil, "-gdwarf-4 -gz=zlib-gnu": {"c++"}, "-gdwarf-5 -fdebug-types-section": nil,
	"-gdwarf-5 -ffunction-sections -Wl,--gc-sections": nil, "-gdwarf-4 -ffunction-sections": nil,
	"-gdwarf-5 -flto": {"c++"},
}

// TestInlinedFrames: every frame of a call has its function and its line, whatever
// the compiler, the version of DWARF and the optimization.
func TestInlinedFrames(t *testing.T) {
	for flags, only := range debugFlags {
		for _, compiler := range []string{"c++", "clang++-14"} {
			if only != nil && only[0] != compiler {
				continue
			}
			for _, level := range []string{"-O0", "-O2"} {
				t.Run(strings.Join([]string{compiler, level, flags}, " "), func(t *testing.T) {
					path := compile(t, compiler, "inlined.cc", append(strings.Fields(flags), level)...)
					r := NewResolver()
					defer r.Close()
					checkMarks(t, r, path, onlyReturn(t, path, "entry"), "inlined.cc", inlinedFrames)
					f := r.Resolve(Module{Path: path}, onlyReturn(t, path, "generated"), true)[0]
					if f.File != "/made/up/generated.pyx" || f.Line != 7 || f.Function != "generated" {
						t.Errorf("#line: %+v", f)
					}
				})
			}
		}
	}
}

// TestWithoutDebugInformation: the symbol stays, and the frame says why it has no
// line.
func TestWithoutDebugInformation(t *testing.T) {
	path := compile(t, "c++", "inlined.cc", "-O2")
	r := NewResolver()
	defer r.Close()
	frames := r.Resolve(Module{Path: path}, onlyReturn(t, path, "entry"), true)
	if len(frames) != 1 || frames[0].Function != "entry" || frames[0].File != "" || frames[0].Debug != "no debug information" {
		t.Errorf("got %+v", frames)
	}
}

// TestOnlyLines: -g1 has functions and lines and no types; a file without any of the
// former still has lines.
func TestOnlyLines(t *testing.T) {
	path := compile(t, "c++", "inlined.cc", "-O2", "-g1")
	r := NewResolver()
	defer r.Close()
	ret := onlyReturn(t, path, "entry")
	frames := r.Resolve(Module{Path: path}, ret, true)
	if len(frames) != len(inlinedFrames) || frames[0].Line != marks(t, "inlined.cc")["Guard"] {
		t.Errorf("-g1: %+v", frames)
	}
}

// TestRustFrames is TestInlinedFrames for Rust.
func TestRustFrames(t *testing.T) {
	want := []markedFrame{{"inlined::Guard>::new", "new"}, {"inlined::middle::<i32>", "middle"}, {"entry", "entry"}}
	for _, version := range []string{"4", "5"} {
		for _, level := range []string{"0", "2"} {
			t.Run("DWARF "+version+" -O"+level, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "libinlined.so")
				source, err := filepath.Abs("testdata/inlined.rs")
				if err != nil {
					t.Fatal(err)
				}
				t.Setenv("RUSTC_BOOTSTRAP", "1") // the flag for the version was unstable for long
				output(t, "rustc", "--crate-type=cdylib", "--edition=2021", "-g", "-Copt-level="+level, "-Coverflow-checks=off",
					"-Zunstable-options", "-Cdwarf-version="+version, "-Clink-arg=-Wl,--unresolved-symbols=ignore-all", "-o", path, source)
				r := NewResolver()
				defer r.Close()
				lines := marks(t, "inlined.rs")
				for _, ret := range callReturns(t, path, "entry") {
					frames := r.Resolve(Module{Path: path}, ret, true)
					if len(frames) != len(want) || frames[0].Line != lines["new"] {
						continue // the conversion of the argument
					}
					checkMarks(t, r, path, ret, "inlined.rs", want)
					return
				}
				t.Errorf("no call has %d frames", len(want))
			})
		}
	}
}
