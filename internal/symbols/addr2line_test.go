package symbols

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// position is a frame as addr2line prints it.
type position struct {
	function, file string
	line           int
}

var discriminator = regexp.MustCompile(` \(discriminator \d+\)$`)

// addr2line asks a tool that prints as binutils' addr2line does for the frames at
// addresses, innermost first.
func addr2line(t testing.TB, tool, file string, addrs []uint64) [][]position {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("no %s", tool)
	}
	var in strings.Builder
	for _, addr := range addrs {
		fmt.Fprintf(&in, "%#x\n", addr)
	}
	cmd := exec.Command(tool, "-a", "-f", "-i", "-C", "-e", file)
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	var answers [][]position
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], "0x") {
			answers = append(answers, nil)
			continue
		}
		p := position{function: lines[i]}
		i++
		if i == len(lines) {
			t.Fatalf("%s: half an answer", tool)
		}
		where := discriminator.ReplaceAllString(lines[i], "")
		colon := strings.LastIndexByte(where, ':')
		p.file = where[:colon]
		if p.file != "??" {
			p.file = path.Clean(p.file)
		}
		p.line, _ = strconv.Atoi(where[colon+1:]) // "?" is 0
		answers[len(answers)-1] = append(answers[len(answers)-1], p)
	}
	if len(answers) != len(addrs) {
		t.Fatalf("%s: %d answers to %d addresses", tool, len(answers), len(addrs))
	}
	return answers
}

// randomAddresses returns n addresses in sized functions of a file.
func randomAddresses(t testing.TB, file string, n int) []uint64 {
	t.Helper()
	symbols := nmFunctions(t, file)
	if len(symbols) == 0 {
		t.Fatalf("nm names no function in %s", file)
	}
	random := rand.New(rand.NewPCG(3, 4))
	addrs := make([]uint64, n)
	for i := range addrs {
		s := symbols[random.IntN(len(symbols))]
		addrs[i] = s.addr + random.Uint64N(s.size)
	}
	return addrs
}

// filesWithLines returns files of this machine with debug information, and modules
// compiled for the test.
func filesWithLines(t *testing.T) []string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{
		filepath.Join(home, ".pyenv/versions/3.*/lib/libpython3.*.so.1.0"),
		filepath.Join(home, ".cache/gilwatch/tests/nanobind_capsule-*/lib/python3.*/site-packages/capsule_wrong.*.so"),
		"/lib/*-linux-gnu/libc.so.6", // in a debug file of its own, shortened by dwz
		"/usr/lib/*-linux-gnu/debug/libstdc++.so.6.*[0-9]",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		// tests/bindings builds nanobind's modules, at the same time perhaps.
		if len(found) == 0 && os.Getenv("CI") == "true" && !strings.Contains(pattern, "nanobind") {
			t.Errorf("no file %s", pattern)
		}
		if strings.Contains(pattern, "nanobind") && len(found) > 1 {
			found = found[:1] // they differ in the interpreter's version alone
		}
		files = append(files, found...)
	}
	for _, flags := range []string{"-O2 -gdwarf-4", "-O2 -gdwarf-5", "-O0 -gdwarf-5", "-O3 -gdwarf-2", "-O2 -gdwarf-5 -gz=zlib",
		"-O2 -gdwarf-4 -gsplit-dwarf", "-O2 -gdwarf-5 -gsplit-dwarf"} {
		for _, compiler := range []string{"c++", "clang++-14"} {
			if _, err := exec.LookPath(compiler); err == nil {
				files = append(files, compile(t, compiler, "names.cc", strings.Fields(flags)...))
			}
		}
	}
	return files
}

// TestFramesAgainstAddr2line resolves 500 random addresses in each of many files. All
// frames must be those that binutils' addr2line gives, or LLVM's where the two differ:
// binutils 2.40 gives some lines of included files as the unit's own file's.
func TestFramesAgainstAddr2line(t *testing.T) {
	if testing.Short() {
		t.Skip("asks two tools about thousands of addresses")
	}
	for _, file := range filesWithLines(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			addrs := randomAddresses(t, file, 500)
			binutils := addr2line(t, "addr2line", file, addrs)
			llvm := binutils
			if _, err := exec.LookPath("llvm-addr2line"); err == nil {
				llvm = addr2line(t, "llvm-addr2line", file, addrs)
			}
			r := NewResolver()
			defer r.Close()
			byLLVM, inlined, lines := 0, 0, 0
			for i, addr := range addrs {
				frames := r.Resolve(Module{Path: file}, addr, false)
				inlined += len(frames) - 1
				if frames[0].Line > 0 {
					lines++
				}
				same := samePositions(frames, binutils[i])
				if !same {
					byLLVM++
				}
				if !same && !samePositions(frames, llvm[i]) || !sameFunctions(frames, binutils[i], llvm[i]) {
					t.Errorf("%#x: got %s\nbinutils: %+v\nLLVM: %+v", addr, where(frames), binutils[i], llvm[i])
				}
			}
			t.Logf("%d with a line, %d inlined frames, %d by LLVM's alone", lines, inlined, byLLVM)
			if lines == 0 {
				t.Error("no address has a line")
			}
		})
	}
}

func samePositions(frames []Frame, want []position) bool {
	if len(frames) != len(want) {
		return false
	}
	for i, f := range frames {
		if want[i].file == "??" && f.File == "" {
			continue
		}
		if f.File != want[i].file || f.Line != want[i].line {
			return false
		}
	}
	return true
}

// sameFunctions compares the last part of each name with those of two tools. They
// differ in how they write scopes, parameters, clones and closures, and in which of
// several names at an address they take.
func sameFunctions(frames []Frame, a, b []position) bool {
	for i, f := range frames {
		last := f.Short[strings.LastIndexByte(beforeParameters.FindString(f.Short), ':')+1:]
		last = beforeParameters.FindString(strings.TrimSuffix(last, "()"))
		inA := i < len(a) && (strings.Contains(a[i].function, last) || a[i].function == f.Function)
		inB := i < len(b) && (strings.Contains(b[i].function, last) || b[i].function == f.Function)
		if f.File != "" && !inA && !inB {
			return false
		}
	}
	return true
}

func where(frames []Frame) string {
	var b strings.Builder
	for _, f := range frames {
		fmt.Fprintf(&b, "[%s %s:%d]", f.Function, f.File, f.Line)
	}
	return b.String()
}
