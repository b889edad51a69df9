package shim

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

const builtLibrary = "../../internal/shimfile/assets/libgilwatch.so"

// Dynamic flags and tags of System V gABI, chapter 5, that the tests look at.
const (
	staticTLS = uint64(elf.DF_STATIC_TLS)
	bindNow   = uint64(elf.DF_BIND_NOW)
)

// open opens an ELF file for the test's time.
func open(t *testing.T, path string) *elf.File {
	t.Helper()
	file, err := elf.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is missing: run make", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// dynamic returns the value of a dynamic tag that is there once.
func dynamic(t *testing.T, file *elf.File, tag elf.DynTag) uint64 {
	t.Helper()
	values, err := file.DynValue(tag)
	if err != nil || len(values) != 1 {
		t.Fatalf("%v has the values %#x (%v), want one", tag, values, err)
	}
	return values[0]
}

// A watched program must not see a name of the shim: Go alone would export 43. Modules
// built with the headers of internal/refcount ask for the one that there is.
func TestLibraryExportsOneName(t *testing.T) {
	symbols, err := open(t, builtLibrary).DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF && s.Name != "gilwatch_check" {
			t.Errorf("the library exports %s", s.Name)
		}
	}
	if len(symbols) == 0 {
		t.Error("the library has no dynamic symbols at all")
	}
}

func TestLibraryNeedsOnlyLibc(t *testing.T) {
	needed, err := open(t, builtLibrary).ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"libc.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-x86-64.so.2"}
	for _, library := range needed {
		if !slices.Contains(allowed, library) {
			t.Errorf("the library needs %s", library)
		}
	}
	if !slices.Contains(needed, "libc.so.6") {
		t.Errorf("the library needs %q, want libc among them", needed)
	}
}

// relocation is an entry of a SHT_RELA section.
type relocation struct {
	at     uint64
	kind   elf.R_X86_64
	addend int64
}

func relocations(t *testing.T, file *elf.File) []relocation {
	t.Helper()
	var all []relocation
	for _, section := range file.Sections {
		if section.Type != elf.SHT_RELA {
			continue
		}
		data, err := section.Data()
		if err != nil {
			t.Fatal(err)
		}
		entries := make([]elf.Rela64, section.Size/uint64(binary.Size(elf.Rela64{})))
		if err := binary.Read(bytes.NewReader(data), file.ByteOrder, entries); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			all = append(all, relocation{e.Off, elf.R_X86_64(elf.R_TYPE64(e.Info)), e.Addend})
		}
	}
	return all
}

// Thread-locals are initial-exec: reached without a call, and there in a thread's last
// destructor.
func TestLibraryHasStaticTLS(t *testing.T) {
	file := open(t, builtLibrary)
	flags := dynamic(t, file, elf.DT_FLAGS)
	if flags&staticTLS == 0 {
		t.Errorf("DT_FLAGS is %#x, without DF_STATIC_TLS", flags)
	}
	if flags&bindNow == 0 {
		t.Errorf("DT_FLAGS is %#x, without DF_BIND_NOW: a first call would enter the dynamic loader", flags)
	}
	offsets := 0
	for _, r := range relocations(t, file) {
		switch r.kind {
		case elf.R_X86_64_TPOFF64:
			offsets++
		case elf.R_X86_64_DTPMOD64, elf.R_X86_64_DTPOFF64, elf.R_X86_64_TLSDESC:
			t.Errorf("a relocation of type %v at %#x", r.kind, r.at)
		}
	}
	if offsets == 0 {
		t.Error("no relocation of type R_X86_64_TPOFF64: where are the thread-locals?")
	}
	imported, err := file.ImportedSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range imported {
		if s.Name == "__tls_get_addr" {
			t.Error("the library calls __tls_get_addr")
		}
	}
}

// initArray returns what the entries of DT_INIT_ARRAY are relocated to.
func initArray(t *testing.T, file *elf.File) []uint64 {
	t.Helper()
	start, size := dynamic(t, file, elf.DT_INIT_ARRAY), dynamic(t, file, elf.DT_INIT_ARRAYSZ)
	entries := make([]uint64, size/8)
	for _, r := range relocations(t, file) {
		if r.kind == elf.R_X86_64_RELATIVE && r.at >= start && r.at < start+size {
			entries[(r.at-start)/8] = uint64(r.addend)
		}
	}
	return entries
}

// code returns n bytes of the file's contents at an address.
func code(t *testing.T, file *elf.File, address uint64, n int) []byte {
	t.Helper()
	for _, p := range file.Progs {
		if p.Type == elf.PT_LOAD && address >= p.Vaddr && address-p.Vaddr < p.Filesz {
			b := make([]byte, n)
			if _, err := p.ReadAt(b, int64(address-p.Vaddr)); err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	t.Fatalf("no segment has the address %#x", address)
	return nil
}

// The constructor that puts Go to sleep takes the last entry of DT_INIT_ARRAY for the
// start of Go's runtime: that is what it has to be. Names are in a build with symbols only,
// so the library is compared with one.
func TestLibraryStartsGoLast(t *testing.T) {
	t.Parallel()
	named := filepath.Join(t.TempDir(), "libgilwatch.so")
	script, err := filepath.Abs(filepath.Join(shimFolder, "exports.map"))
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared",
		"-ldflags=-extldflags=-Wl,--version-script="+script+",-z,now", "-o", named, ".")
	build.Dir = shimFolder
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the shim with symbols: %v\n%s", err, out)
	}
	withNames := open(t, named)
	symbols, err := withNames.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(symbols, func(s elf.Symbol) bool { return s.Name == "_rt0_amd64_linux_lib" })
	if i < 0 {
		t.Fatal("the library has no symbol _rt0_amd64_linux_lib")
	}
	start := symbols[i]
	entries := initArray(t, withNames)
	if last := entries[len(entries)-1]; last != start.Value {
		t.Errorf("the entries of DT_INIT_ARRAY are %#x, want %#x as the last", entries, start.Value)
	}
	if n := slices.Index(entries, start.Value); n >= 0 && n != len(entries)-1 {
		t.Errorf("Go's start is entry %d of %d, too", n, len(entries))
	}

	built := open(t, builtLibrary)
	other := initArray(t, built)
	if len(other) != len(entries) {
		t.Fatalf("the built library has %d entries in DT_INIT_ARRAY, with symbols there are %d", len(other), len(entries))
	}
	got, want := jumpTarget(t, built, other[len(other)-1]), jumpTarget(t, withNames, start.Value)
	if !bytes.Equal(got, want) {
		t.Errorf("the last entry of the built library jumps to % x, with symbols to % x", got, want)
	}
}

// jumpTarget returns the first instructions of what the code at an address jumps to; they
// save registers, so they are the same wherever they stand. _rt0_amd64_linux_lib is
// nothing but such a jump (Go's runtime/rt0_linux_amd64.s).
func jumpTarget(t *testing.T, file *elf.File, address uint64) []byte {
	t.Helper()
	const jump, size = 0xe9, 5
	b := code(t, file, address, size)
	if b[0] != jump {
		t.Fatalf("the last entry of DT_INIT_ARRAY begins with % x, want a jump", b)
	}
	displacement := int32(binary.LittleEndian.Uint32(b[1:]))
	return code(t, file, address+size+uint64(int64(displacement)), 24)
}
