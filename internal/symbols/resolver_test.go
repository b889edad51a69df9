package symbols

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func readFixture(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readerAt(b []byte) io.ReaderAt { return bytes.NewReader(b) }

// withoutSections writes a copy of an ELF file whose header names no sections.
func withoutSections(t testing.TB, path string) string {
	t.Helper()
	b := readFixture(t, path)
	binary.LittleEndian.PutUint64(b[40:], 0) // e_shoff
	binary.LittleEndian.PutUint16(b[60:], 0) // e_shnum
	binary.LittleEndian.PutUint16(b[62:], 0) // e_shstrndx
	out := filepath.Join(t.TempDir(), "bare.so")
	if err := os.WriteFile(out, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// address returns the virtual address of a symbol in .symtab.
func address(t testing.TB, path, symbol string) uint64 {
	t.Helper()
	for _, s := range nmFunctions(t, path) {
		if s.name == symbol {
			return s.addr
		}
	}
	t.Fatalf("nm does not name %s in %s", symbol, path)
	return 0
}

// Two files of one path and without build id, as two containers have them, are two modules.
func TestResolveFilesOfOnePath(t *testing.T) {
	r := NewResolver()
	defer r.Close()
	for _, names := range [][2]string{{"first", "other"}, {"other", "first"}} {
		source := filepath.Join(t.TempDir(), "x.c")
		if err := os.WriteFile(source, []byte("int "+names[0]+"(int a){return a+1;} int "+names[1]+"(int a){return a-1;}"), 0o600); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "x.so")
		output(t, "cc", "-shared", "-fPIC", "-O0", "-Wl,--build-id=none", "-o", file, source)
		frames := r.Resolve(Module{Path: "/app/x.so", File: file}, address(t, file, names[0]), false)
		if len(frames) != 1 || frames[0].Function != names[0] {
			t.Errorf("%s: %+v", names[0], frames)
		}
	}
}

func TestResolveNames(t *testing.T) {
	path := compile(t, "c++", "names.cc", "-O2")
	r := NewResolver()
	defer r.Close()
	for symbol, want := range map[string][2]string{
		"entry": {"entry", "entry"},
		"_ZN6shapes4areaIfEET_RKSt6vectorIS1_SaIS1_EES1_": {
			"float shapes::area<float>(std::vector<float, std::allocator<float> > const&, float)",
			"shapes::area<float>"},
		"_ZN12_GLOBAL__N_16hiddenEi":      {"(anonymous namespace)::hidden(int)", "(anonymous namespace)::hidden"},
		"_RNvNtCs1234_7mycrate5inner3foo": {"mycrate::inner::foo", "mycrate::inner::foo"},
	} {
		frames := r.Resolve(Module{Path: path}, address(t, path, symbol), false)
		if len(frames) != 1 || frames[0].Function != want[0] || frames[0].Short != want[1] || !frames[0].Exact {
			t.Errorf("%s: got %+v", symbol, frames)
		}
	}
}

// TestNearestInStripped: in a stripped file only what is exported has a name; an
// address in a static function gets the nearest one, and it says so.
func TestNearestInStripped(t *testing.T) {
	whole := compile(t, "c++", "names.cc", "-O1")
	addr := address(t, whole, "_ZN12_GLOBAL__N_16hiddenEi")
	stripped := filepath.Join(t.TempDir(), "stripped.so")
	output(t, "strip", "-o", stripped, whole)
	r := NewResolver()
	defer r.Close()
	if f := r.Resolve(Module{Path: whole}, addr, false)[0]; f.Short != "(anonymous namespace)::hidden" || !f.Exact {
		t.Errorf("whole: %+v", f)
	}
	if f := r.Resolve(Module{Path: stripped}, addr, false)[0]; f.Exact || strings.Contains(f.Function, "hidden") || f.Offset != addr {
		t.Errorf("stripped: %+v", f)
	}
	entry := address(t, whole, "entry")
	if f := r.Resolve(Module{Path: stripped}, entry+1, false)[0]; f.Function != "entry" || !f.Exact {
		t.Errorf("exported in stripped: %+v", f)
	}
}

func TestReasons(t *testing.T) {
	dir := t.TempDir()
	good := compile(t, "cc", "calls.c")
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	r := NewResolver()
	defer r.Close()
	for name, test := range map[string]struct {
		module Module
		reason string
	}{
		"anonymous":  {Module{}, "not a file"},
		"vdso":       {Module{Path: "[vdso]"}, "not a file"},
		"gone":       {Module{Path: dir + "/none.so"}, "gone"},
		"deleted":    {Module{Path: good + " (deleted)"}, "gone"},
		"text":       {Module{Path: write("text.so", []byte(strings.Repeat("no ELF here\n", 20)))}, "not ELF"},
		"empty":      {Module{Path: write("empty.so", nil)}, "not ELF"},
		"cut short":  {Module{Path: write("short.so", readFixture(t, good)[:100])}, "not ELF"},
		"folder":     {Module{Path: dir}, "not a regular file"},
		"fifo":       {Module{Path: fifo}, "not a regular file"},
		"changed":    {Module{Path: good, BuildID: "0123"}, "changed: build id"},
		"no id now":  {Module{Path: compile(t, "cc", "calls.c", "-Wl,--build-id=none"), BuildID: "0123"}, "changed: no build id"},
		"another":    {Module{Path: good, BuildID: "", Loaded: FileID{1, 2, 3}}, "changed, or may have"},
		"own memory": {Module{Path: "/proc/self/fd/0"}, "its own process alone"},
		"its memory": {Module{Path: "/root/of/it/proc/self/fd/0", Root: "/root/of/it"}, "its own process alone"},
		"long path":  {Module{Path: "/" + strings.Repeat("x", 10000)}, "too long"},
		"NUL inside": {Module{Path: "/tmp/\x00"}, "invalid"},
	} {
		test.module.Bias = 0x1000
		frames := r.Resolve(test.module, 0x5678, true)
		if len(frames) != 1 {
			t.Fatalf("%s: %d frames", name, len(frames))
		}
		f := frames[0]
		if !strings.Contains(f.Reason, test.reason) {
			t.Errorf("%s: reason %q, want %q in it", name, f.Reason, test.reason)
		}
		if f.Function != "" || f.Exact || f.Offset != 0x4678 || f.Module != test.module.Path {
			t.Errorf("%s: got %+v", name, f)
		}
	}
	if f := r.Resolve(Module{Path: good}, address(t, good, "direct"), false)[0]; f.Reason != "" || f.Function != "direct" {
		t.Errorf("the good file: %+v", f)
	}
	if f := r.Resolve(Module{Path: good}, 1<<40, false)[0]; f.Reason != "" || f.Function != "" {
		t.Errorf("an address outside of the file: %+v", f)
	}
}

// TestNoBuildID: a file without a build id is used if it is the very one that was mapped. One
// that took its name since is not, and neither is one that was written to.
func TestNoBuildID(t *testing.T) {
	none := []string{"-Wl,--build-id=none"}
	path, other := compile(t, "cc", "calls.c", none...), compile(t, "c++", "names.cc", none...)
	identity := func(path string) FileID {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		return fileID(file)
	}
	mapped, at := identity(path), address(t, path, "direct")
	r := NewResolver()
	defer r.Close()
	named := func(id FileID) Frame { return r.Resolve(Module{Path: path, Loaded: id}, at, false)[0] }
	if f := named(mapped); f.Function != "direct" || f.Reason != "" {
		t.Errorf("the file itself: %+v", f)
	}
	r.Close()
	changed := func(how string) {
		t.Helper()
		if f := named(mapped); f.Function != "" || !strings.HasPrefix(f.Reason, "changed, or may have") {
			t.Errorf("%s: %+v", how, f)
		}
		if f := named(identity(path)); f.Reason != "" { // the one that is there now is told from it
			t.Errorf("%s, and mapped again: %+v", how, f)
		}
		r.Close()
	}
	if err := errors.Join(os.Chmod(path, 0o700), os.Link(path, path+".link")); err != nil {
		t.Fatal(err)
	}
	if f := named(mapped); f.Function != "direct" || f.Reason != "" {
		t.Errorf("with another mode, and one name more: %+v", f)
	}
	r.Close()
	if err := os.Chtimes(path, time.Time{}, time.Unix(0, mapped.Written+1)); err != nil {
		t.Fatal(err)
	}
	changed("written to")
	move(t, other, path)
	changed("replaced")
}

// TestCacheIsBounded: no more files stay open than the cache holds, and one that was
// evicted is opened again.
func TestCacheIsBounded(t *testing.T) {
	original := readFixture(t, compile(t, "cc", "calls.c"))
	dir := t.TempDir()
	r := &Resolver{cache: newCache(3, maxCachedSymbols)}
	defer r.Close()
	var paths []string
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, original, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	addr := address(t, paths[0], "direct")
	for range 2 {
		for _, path := range paths {
			if f := r.Resolve(Module{Path: path}, addr, false)[0]; f.Function != "direct" {
				t.Errorf("%s: %+v", path, f)
			}
			if n := openUnder(t, dir); n > 3 {
				t.Fatalf("%d files open", n)
			}
		}
	}
	r.Close()
	if n := openUnder(t, dir); n != 0 {
		t.Errorf("%d files open after Close", n)
	}
	small := &Resolver{cache: newCache(3, 1)}
	defer small.Close()
	for _, path := range paths {
		small.Resolve(Module{Path: path}, addr, false)
	}
	if n := len(small.cache.entries); n != 1 {
		t.Errorf("%d modules kept for one symbol", n)
	}
}

// openUnder counts this process's descriptors of files in dir.
func openUnder(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(target, dir) {
			n++
		}
	}
	return n
}

// TestHostileSectionNames: 60,000 sections that share a name of a megabyte would
// make debug/elf copy it 60,000 times.
func TestHostileSectionNames(t *testing.T) {
	const sections, names = 60000, 1 << 20
	b := make([]byte, 64+sections*64+names)
	copy(b, elf.ELFMAG)
	b[4], b[5], b[6] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	le := binary.LittleEndian
	le.PutUint16(b[16:], uint16(elf.ET_DYN))
	le.PutUint16(b[18:], uint16(elf.EM_X86_64))
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[40:], 64)
	le.PutUint16(b[58:], 64)
	le.PutUint16(b[60:], sections)
	le.PutUint16(b[62:], 1)
	shdr := b[64+64:]
	le.PutUint32(shdr[4:], uint32(elf.SHT_STRTAB))
	le.PutUint64(shdr[24:], 64+sections*64)
	le.PutUint64(shdr[32:], names)
	for i := range names - 1 {
		b[64+sections*64+i] = 'x'
	}
	if _, err := parseELF(readerAt(b)); err == nil || !strings.Contains(err.Error(), "bytes of names") {
		t.Errorf("got %v", err)
	}
}

// FuzzSymbols reads whatever passes for an ELF file and asks for names all over it.
func FuzzSymbols(f *testing.F) {
	f.Add(readFixture(f, compile(f, "cc", "calls.c", "-O2", "-nostdlib", "-Wl,-z,noseparate-code,-z,norelro,-z,max-page-size=64")), uint64(0x1000))
	f.Add(readFixture(f, compile(f, "cc", "calls.c", "-O2", "-nostdlib", "-s", "-Wl,-z,noseparate-code,-z,norelro,-z,max-page-size=64")), uint64(0x1010))
	f.Fuzz(func(t *testing.T, file []byte, addr uint64) {
		parsed, err := parseELF(readerAt(file))
		if err != nil {
			return
		}
		if id := BuildID(parsed); len(id) > 2*maxBuildID {
			t.Errorf("build id of %d digits", len(id))
		}
		table, err := readSymtab(parsed, parsed)
		if err != nil {
			return
		}
		if len(table.symbols) > len(file)/symbolSize {
			t.Errorf("%d symbols in %d bytes", len(table.symbols), len(file))
		}
		start, ok := codeStart(parsed, addr)
		if !ok {
			return
		}
		s, exact, ok := table.find(addr, start)
		if exact && !(ok && addr >= s.value && addr-s.value < s.size) {
			t.Errorf("%#x is not in %+v", addr, s)
		}
		if ok {
			Demangle(table.name(s))
		}
	})
}
