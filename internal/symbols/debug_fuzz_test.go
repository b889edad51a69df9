package symbols

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

// FuzzDebugFile reads whatever passes for an ELF file with debug information: its
// links to other files, its compressed sections, and what they say about an address.
func FuzzDebugFile(f *testing.F) {
	small := []string{"-O2", "-nostdlib", "-g", "-Wl,-z,noseparate-code,-z,norelro,-z,max-page-size=64"}
	plain := compile(f, "cc", "calls.c", small...)
	zlib := compile(f, "cc", "calls.c", append(small, "-gz=zlib")...)
	zstd := filepath.Join(f.TempDir(), "zstd.so")
	compressSections(f, plain, zstd)
	linked := filepath.Join(f.TempDir(), "linked.so")
	output(f, "objcopy", "--add-gnu-debuglink="+zlib, plain, linked)
	addr := address(f, plain, "direct")
	for _, path := range []string{plain, zlib, zstd, linked} {
		f.Add(readFixture(f, path), addr)
	}
	f.Fuzz(func(t *testing.T, file []byte, addr uint64) {
		parsed, err := parseELF(readerAt(file))
		if err != nil {
			return
		}
		if link, ok := readDebugLink(parsed); ok && filepath.Base(link.name) != link.name {
			t.Errorf("debug link to %q", link.name)
		}
		readAltLink(parsed)
		spill := &spill{}
		defer spill.Close()
		data, err := dwarf.New(debugSections(readerAt(file), parsed, spill, ""), nil, dwarf.NewCache(1<<20))
		if err != nil {
			return
		}
		for i := range uint64(8) {
			calls, err := data.Lookup(addr + i)
			if err == nil && len(calls) > 0 {
				withLines(Frame{Offset: addr + i}, calls)
			}
		}
	})
}

// FuzzXZ decompresses any bytes.
func FuzzXZ(f *testing.F) {
	path := filepath.Join(f.TempDir(), "file")
	if err := os.WriteFile(path, bytes.Repeat([]byte("some text "), 100), 0o600); err != nil {
		f.Fatal(err)
	}
	for _, level := range []string{"-0", "-6", "-9e"} {
		output(f, "xz", "-k", "-f", level, path)
		f.Add(readFixture(f, path+".xz"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if out, err := unxz(readerAt(b), uint64(len(b))); err == nil && len(out) > maxMiniDebug {
			t.Errorf("%d bytes", len(out))
		}
	})
}

// TestXZDictionary: a header that asks for a dictionary of 4 GB is refused.
func TestXZDictionary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	contents := bytes.Repeat([]byte("some text "), 100)
	if err := os.WriteFile(path, contents, 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, "xz", path)
	b := readFixture(t, path+".xz")
	if out, err := unxz(readerAt(b), uint64(len(b))); err != nil || !bytes.Equal(out, contents) {
		t.Fatalf("%d bytes, %v", len(out), err)
	}
	at := bytes.Index(b, []byte{xzFilterLZMA2, 1})
	b[at+2] = 40 // 4 GB - 1
	if _, err := unxz(readerAt(b), uint64(len(b))); err == nil {
		t.Error("not refused")
	}
}
