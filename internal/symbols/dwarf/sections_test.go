package dwarf

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// source has functions, inlined calls, scopes and a closure.
const source = `
namespace a {
template <typename T> struct S {
    __attribute__((always_inline)) inline T twice(T n) { return n + n; }
};
}
extern "C" int sink(int);
extern "C" int first(int n) { return n + 1; }
extern "C" int entry(int n) {
    auto f = [n](int m) { return a::S<int>().twice(n) + sink(m); };
    for (int i = 0; i < n; i++)
        n += f(i);
    return n;
}
`

// compiled returns the debug sections of a library made of source.
func compiled(t testing.TB, flags ...string) (map[string][]byte, *elf.File) {
	t.Helper()
	if _, err := exec.LookPath("c++"); err != nil {
		t.Skip("no c++")
	}
	path := filepath.Join(t.TempDir(), "source.so")
	args := append([]string{"-shared", "-fPIC", "-x", "c++", "-", "-o", path}, flags...)
	cmd := exec.Command("c++", args...)
	cmd.Stdin = strings.NewReader(source)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string][]byte{}
	for _, s := range f.Sections {
		if name, ok := strings.CutPrefix(s.Name, ".debug_"); ok {
			if sections[name], err = s.Data(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return sections, f
}

func inMemory(b []byte) Section {
	if len(b) == 0 {
		return Section{}
	}
	return Section{bytes.NewReader(b), int64(len(b))}
}

func sectionsOf(b map[string][]byte) Sections {
	return Sections{
		Info: inMemory(b["info"]), Abbrev: inMemory(b["abbrev"]), Line: inMemory(b["line"]),
		LineStr: inMemory(b["line_str"]), Str: inMemory(b["str"]), StrOffsets: inMemory(b["str_offsets"]),
		Addr: inMemory(b["addr"]), Ranges: inMemory(b["ranges"]), Rnglists: inMemory(b["rnglists"]),
	}
}

// textRange returns where the code is.
func textRange(t testing.TB, f *elf.File) (low, high uint64) {
	t.Helper()
	s := f.Section(".text")
	if s == nil {
		t.Fatal("no .text")
	}
	return s.Addr, s.Addr + s.Size
}
