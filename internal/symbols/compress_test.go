package symbols

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// compressSections writes a copy of an ELF file whose debug sections are compressed
// with zstd. They go to the file's end, with their headers changed in place.
func compressSections(t testing.TB, from, to string) {
	t.Helper()
	b := readFixture(t, from)
	f, err := parseELF(readerAt(b))
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	headers := le.Uint64(b[40:])
	changed := 0
	for i, s := range f.Sections {
		if !strings.HasPrefix(s.Name, ".debug_") {
			continue
		}
		contents, err := s.Data()
		if err != nil {
			t.Fatal(err)
		}
		chdr := make([]byte, 24)
		le.PutUint32(chdr, uint32(elf.COMPRESS_ZSTD))
		le.PutUint64(chdr[8:], uint64(len(contents)))
		le.PutUint64(chdr[16:], 1)
		at := len(b)
		b = encoder.EncodeAll(contents, append(b, chdr...))
		shdr := b[headers+64*uint64(i):]
		le.PutUint64(shdr[8:], uint64(s.Flags|elf.SHF_COMPRESSED))
		le.PutUint64(shdr[24:], uint64(at))
		le.PutUint64(shdr[32:], uint64(len(b)-at))
		changed++
	}
	if changed < 5 {
		t.Fatalf("%d debug sections", changed)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
