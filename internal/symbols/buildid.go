package symbols

import (
	"debug/elf"
	"encoding/hex"
	"io"
)

const (
	noteGNUBuildID = 3 // NT_GNU_BUILD_ID, glibc's elf/elf.h
	// maxNotes is how many bytes of one note segment are read. Real ones have
	// some hundred.
	maxNotes = 64 << 10
	// maxBuildID is the longest build id taken, in bytes; SHA-1 has 20.
	maxBuildID = 64
)

// BuildID returns the file's GNU build id in lower-case hex, or "" when it has
// none. It is looked for in the PT_NOTE segments, which a stripped file keeps, then
// in the section .note.gnu.build-id.
func BuildID(f *elf.File) string {
	for _, p := range f.Progs {
		if p.Type != elf.PT_NOTE || p.ReaderAt == nil {
			continue
		}
		if id := buildIDInNotes(f, readUpTo(p, p.Filesz), p.Align); id != "" {
			return id
		}
	}
	s := f.Section(".note.gnu.build-id")
	if s == nil || s.Type == elf.SHT_NOBITS || s.Flags&elf.SHF_COMPRESSED != 0 {
		return ""
	}
	return buildIDInNotes(f, readUpTo(s, s.FileSize), s.Addralign)
}

// readUpTo reads the first size bytes of r, at most maxNotes, or as many as are
// there: a note that is whole counts even when the file ends behind it.
func readUpTo(r io.ReaderAt, size uint64) []byte {
	b := make([]byte, min(size, maxNotes))
	n, _ := r.ReadAt(b, 0)
	return b[:n]
}

// buildIDInNotes walks notes as laid out in the gABI, "Note Section": three words
// (name size, descriptor size, type), the name and the descriptor, each padded to
// the segment's alignment of 4 or 8 bytes.
func buildIDInNotes(f *elf.File, b []byte, align uint64) string {
	if align != 8 {
		align = 4
	}
	for len(b) >= 12 {
		nameSize := uint64(f.ByteOrder.Uint32(b))
		descSize := uint64(f.ByteOrder.Uint32(b[4:]))
		kind := f.ByteOrder.Uint32(b[8:])
		desc := roundUp(12+nameSize, align)
		next := roundUp(desc+descSize, align)
		if desc+descSize > uint64(len(b)) {
			return ""
		}
		isGNU := nameSize == 4 && string(b[12:16]) == "GNU\x00"
		if isGNU && kind == noteGNUBuildID && descSize > 0 && descSize <= maxBuildID {
			return hex.EncodeToString(b[desc : desc+descSize])
		}
		b = b[min(next, uint64(len(b))):]
	}
	return ""
}

func roundUp(n, align uint64) uint64 { return (n + align - 1) &^ (align - 1) }
