package symbols

import (
	"debug/elf"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// nmSymbol is a line of `nm -S` on code: address, size, name.
type nmSymbol struct {
	addr, size uint64
	name       string
}

// nmFunctions returns what nm knows of path's sized code symbols.
func nmFunctions(t testing.TB, path string) []nmSymbol {
	t.Helper()
	args := []string{"-S", "--defined-only", path}
	if f, err := elf.Open(path); err == nil {
		if f.SectionByType(elf.SHT_SYMTAB) == nil {
			args = append([]string{"-D"}, args...)
		}
		f.Close()
	}
	var symbols []nmSymbol
	for line := range strings.Lines(output(t, "nm", args...)) {
		fields := strings.Fields(line)
		if len(fields) != 4 || !strings.Contains("tTwWi", fields[2]) {
			continue
		}
		addr, err1 := strconv.ParseUint(fields[0], 16, 64)
		size, err2 := strconv.ParseUint(fields[1], 16, 64)
		if err1 == nil && err2 == nil && size > 0 {
			name, _, _ := strings.Cut(fields[3], "@")
			symbols = append(symbols, nmSymbol{addr, size, name})
		}
	}
	return symbols
}

// TestResolveAgainstNM resolves random addresses inside of functions. The outermost
// answer must be one of the names that nm gives for a symbol that covers the address,
// or, by debug information, for one of the same file: glibc has names that its linker
// makes local.
func TestResolveAgainstNM(t *testing.T) {
	const bias = 0x7f0000000000
	for _, path := range realFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			symbols := nmFunctions(t, path)
			if len(symbols) < 100 {
				t.Fatalf("nm names %d functions", len(symbols))
			}
			r := NewResolver()
			defer r.Close()
			random := rand.New(rand.NewPCG(1, 2))
			for range 500 {
				s := symbols[random.IntN(len(symbols))]
				addr := s.addr + random.Uint64N(s.size)
				frames := r.Resolve(Module{Path: path, Bias: bias}, bias+addr, false)
				f := frames[len(frames)-1]
				if f.Reason != "" || !f.Exact || f.Offset != addr || f.Module != path {
					t.Fatalf("%#x in %s: got %+v", addr, s.name, f)
				}
				if f.File == "" && len(frames) != 1 {
					t.Fatalf("%#x: %d frames without lines", addr, len(frames))
				}
				if f.File == "" && !covered(symbols, addr, f.Function) {
					t.Errorf("%#x in %s: got %q", addr, s.name, f.Function)
				}
			}
		})
	}
}

// covered reports whether one of the symbols over addr demangles to function.
func covered(symbols []nmSymbol, addr uint64, function string) bool {
	for _, s := range symbols {
		if addr >= s.addr && addr < s.addr+s.size {
			if full, _ := Demangle(s.name); full == function {
				return true
			}
		}
	}
	return false
}

// TestReturnAddressBelongsToTheCaller: a return address right behind a function is
// that function's, an ordinary address there is not.
func TestReturnAddressBelongsToTheCaller(t *testing.T) {
	path := compile(t, "cc", "calls.c", "-O2")
	r := NewResolver()
	defer r.Close()
	for _, s := range nmFunctions(t, path) {
		if s.name != "direct" {
			continue
		}
		end := s.addr + s.size
		if f := r.Resolve(Module{Path: path}, end, true)[0]; f.Function != "direct" || !f.Exact || f.Offset != end {
			t.Errorf("return address behind direct: %+v", f)
		}
		if f := r.Resolve(Module{Path: path}, end, false)[0]; f.Function == "direct" && f.Exact {
			t.Errorf("address behind direct: %+v", f)
		}
		return
	}
	t.Fatal("nm does not name direct")
}

// TestAgainstAddr2line compares with addr2line -f, which reads .symtab in a file
// without debug information.
func TestAgainstAddr2line(t *testing.T) {
	path := compile(t, "c++", "names.cc", "-O2")
	r := NewResolver()
	defer r.Close()
	checked := 0
	for _, s := range nmFunctions(t, path) {
		addr := s.addr + s.size/2
		out := output(t, "addr2line", "-f", "-C", "-e", path, "0x"+strconv.FormatUint(addr, 16))
		want, _, _ := strings.Cut(out, "\n")
		got := r.Resolve(Module{Path: path}, addr, false)[0]
		// binutils leaves the return type of a template and v0 hashes out or in
		// depending on its version: the bare name must agree.
		if !strings.Contains(want, "mycrate") && !strings.Contains(got.Function, bareName(want)) {
			t.Errorf("%s: got %q, addr2line says %q", s.name, got.Function, want)
		}
		checked++
	}
	if checked < 5 {
		t.Fatalf("only %d functions", checked)
	}
}

var beforeParameters = regexp.MustCompile(`^[^(<]*`)

func bareName(name string) string {
	name = strings.TrimPrefix(name, "(anonymous namespace)::")
	return beforeParameters.FindString(name)
}

// TestBuildID compares with readelf -n.
func TestBuildID(t *testing.T) {
	pattern := regexp.MustCompile(`Build ID: ([0-9a-f]+)`)
	for _, path := range append(realFiles(t), compile(t, "cc", "calls.c"), compile(t, "cc", "calls.c", "-Wl,--build-id=none")) {
		want := ""
		if m := pattern.FindStringSubmatch(output(t, "readelf", "-n", path)); m != nil {
			want = m[1]
		}
		file, f, err := OpenELF(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := BuildID(f); got != want {
			t.Errorf("%s: got %q, readelf says %q", path, got, want)
		}
		file.Close()
	}
}

// TestSlots compares the GOT slots with readelf -r.
func TestSlots(t *testing.T) {
	line := regexp.MustCompile(`(?m)^([0-9a-f]+) +[0-9a-f]+ +R_X86_64_(?:JUMP_SLOT|GLOB_DAT?) +[0-9a-f]+ ([^ @]+)`)
	for _, path := range realFiles(t) {
		file, f, err := OpenELF(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		slots, err := ReadSlots(f)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		want := line.FindAllStringSubmatch(output(t, "readelf", "-rW", path), -1)
		if len(want) == 0 || len(slots.slots) != len(want) {
			t.Fatalf("%s: %d slots, readelf shows %d", path, len(slots.slots), len(want))
		}
		for _, w := range want {
			addr, err := strconv.ParseUint(w[1], 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			if got := slots.Function(addr); got != w[2] {
				t.Errorf("%s: slot %#x is %q, readelf says %q", path, addr, got, w[2])
			}
		}
	}
}
