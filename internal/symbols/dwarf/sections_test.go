package dwarf

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
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
	sections := map[string][]byte{}
	f := addSections(t, sections, path)
	dwos, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.dwo"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dwo := range dwos {
		addSections(t, sections, dwo)
		sections["cu_index"] = packed(t, sections)
	}
	return sections, f
}

// addSections adds the debug sections of a file.
func addSections(t testing.TB, sections map[string][]byte, path string) *elf.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Sections {
		if name, ok := strings.CutPrefix(s.Name, ".debug_"); ok {
			if sections[name], err = s.Data(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return f
}

// packed is the index of a package that has the sections of one .dwo file.
func packed(t testing.TB, sections map[string][]byte) []byte {
	t.Helper()
	d, err := New(sectionsOf(sections), nil, NewCache(1<<20))
	if err != nil || len(d.units) != 1 {
		t.Fatalf("%d units, %v", len(d.units), err)
	}
	u, err := d.root(0)
	if err != nil || u.dwoID == 0 {
		t.Fatalf("no id: %v", err)
	}
	version := uint32(2)
	if u.version == 5 {
		version = 5
	}
	columns := []uint32{columnInfo, columnAbbrev, columnStrOffsets}
	le := binary.LittleEndian
	var b []byte
	for _, n := range []uint32{version, uint32(len(columns)), 1, 2} {
		b = le.AppendUint32(b, n)
	}
	var slots [2]uint32
	var ids [2]uint64
	slots[u.dwoID&1], ids[u.dwoID&1] = 1, u.dwoID
	b = le.AppendUint64(le.AppendUint64(b, ids[0]), ids[1])
	b = le.AppendUint32(le.AppendUint32(b, slots[0]), slots[1])
	for _, column := range columns {
		b = le.AppendUint32(b, column)
	}
	b = append(b, make([]byte, 4*len(columns))...) // all begin at 0
	for _, name := range []string{"info.dwo", "abbrev.dwo", "str_offsets.dwo"} {
		b = le.AppendUint32(b, uint32(len(sections[name])))
	}
	return b
}

// splitsOf opens what stands in sections for a .dwo file, through the index.
func splitsOf(sections map[string][]byte) Opener {
	dwo := map[string][]byte{}
	for name, b := range sections {
		if name, ok := strings.CutSuffix(name, ".dwo"); ok {
			dwo[name] = b
		}
	}
	return func(of Skeleton) (Split, error) {
		part, err := sectionsOf(dwo).Of(inMemory(sections["cu_index"]), of.ID)
		return Split{Sections: part}, err
	}
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

// TestSplitSections: what the fuzz target changes is read as it stands.
func TestSplitSections(t *testing.T) {
	for _, flags := range fuzzFlags[len(fuzzFlags)-2:] {
		sections, f := compiled(t, flags...)
		low, high := textRange(t, f)
		d, err := New(sectionsOf(sections), nil, NewCache(1<<20))
		if err != nil {
			t.Fatal(err)
		}
		d.OpenSplits(splitsOf(sections))
		inlined := 0
		for addr := low; addr < high; addr++ {
			if calls, err := d.Lookup(addr); err != nil {
				t.Errorf("%v: %#x: %v", flags, addr, err)
			} else if len(calls) > 2 && strings.Contains(calls[0].Linkage, "twice") {
				inlined++
			}
		}
		if inlined == 0 {
			t.Errorf("%v: nothing is inlined", flags)
		}
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
