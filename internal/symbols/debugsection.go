package symbols

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

const (
	// maxInflated bounds what one file's sections become when they are
	// decompressed, in bytes.
	maxInflated = 4 << 30
	// maxDeflateRatio is the most that deflate can save (zlib's technical notes,
	// "Maximum Expansion Factor").
	maxDeflateRatio = 1032
	// maxZstdWindow bounds a zstd decoder's memory, in bytes. Linkers use 8 MB.
	maxZstdWindow = 64 << 20
)

// debugSections returns f's debug sections, those of a split unit for the suffix ".dwo".
// Nothing is read yet; what is compressed
// will be decompressed into spill when it is first asked for.
func debugSections(r io.ReaderAt, f *elf.File, spill *spill, suffix string) dwarf.Sections {
	section := func(name string) dwarf.Section { return debugSection(r, f, spill, name+suffix) }
	return dwarf.Sections{
		Info: infoSections(r, f, spill, "info"+suffix), Abbrev: section("abbrev"), Line: section("line"),
		LineStr: section("line_str"), Str: section("str"), StrOffsets: section("str_offsets"),
		Addr: section("addr"), Ranges: section("ranges"), Rnglists: section("rnglists"),
	}
}

// debugSection returns section .debug_name, or .zdebug_name as GNU compressed it
// before SHF_COMPRESSED was.
func debugSection(r io.ReaderAt, f *elf.File, spill *spill, name string) dwarf.Section {
	for _, s := range []*elf.Section{f.Section(".debug_" + name), f.Section(".zdebug_" + name)} {
		if s != nil && s.Type != elf.SHT_NOBITS {
			return openSection(r, s, spill)
		}
	}
	return dwarf.Section{}
}

// infoSections returns the sections of a name as one. A compiler's output that no linker has
// seen, a .dwo file for one, has a section for each type, which the linker would keep one copy
// of (-fdebug-types-section), and another for the code. What is in a unit refers to the unit's
// beginning, or to other sections, so that it does not matter where in the whole it stands.
func infoSections(r io.ReaderAt, f *elf.File, spill *spill, name string) dwarf.Section {
	var all joined
	for _, s := range f.Sections {
		if s.Name == ".debug_"+name && s.Type != elf.SHT_NOBITS {
			if !all.add(openSection(r, s, spill)) {
				return failed(fmt.Errorf("more than %d bytes in sections %s", int64(maxInflated), s.Name))
			}
		}
	}
	switch len(all) {
	case 0:
		return debugSection(r, f, spill, name)
	case 1:
		return all[0].Section
	default:
		return dwarf.Section{ReaderAt: all, Size: all.size()}
	}
}

func openSection(r io.ReaderAt, s *elf.Section, spill *spill) dwarf.Section {
	switch {
	case strings.HasPrefix(s.Name, ".z"):
		return newZdebug(rawSection(r, s), spill)
	case s.Flags&elf.SHF_COMPRESSED != 0:
		return newInflated(rawSection(r, s), spill)
	default:
		return dwarf.Section{ReaderAt: s, Size: int64(min(s.FileSize, math.MaxInt64))}
	}
}

// rawSection reads a section as it is in the file.
func rawSection(r io.ReaderAt, s *elf.Section) *io.SectionReader {
	return io.NewSectionReader(r, int64(s.Offset), int64(min(s.FileSize, math.MaxInt64)))
}

// hasDebugInfo reports whether the file has debug information of its own.
func hasDebugInfo(f *elf.File) bool {
	for _, name := range []string{".debug_info", ".zdebug_info"} {
		if s := f.Section(name); s != nil && s.Type != elf.SHT_NOBITS && s.FileSize > 0 {
			return true
		}
	}
	return false
}

// inflated is a compressed section. It is decompressed as a whole, since the
// formats cannot be read from the middle.
type inflated struct {
	compressed *io.SectionReader
	zstd       bool
	size       int64 // decompressed
	spill      *spill
	contents   *io.SectionReader
	err        error
}

// newInflated reads the Elf64_Chdr (gABI, "Section Compression") of a section.
func newInflated(s *io.SectionReader, spill *spill) dwarf.Section {
	var chdr [24]byte
	if _, err := s.ReadAt(chdr[:], 0); err != nil {
		return failed(fmt.Errorf("reading a compression header: %w", err))
	}
	le := binary.LittleEndian
	kind, size := elf.CompressionType(le.Uint32(chdr[:])), le.Uint64(chdr[8:])
	if kind != elf.COMPRESS_ZLIB && kind != elf.COMPRESS_ZSTD {
		return failed(fmt.Errorf("compression %v", kind))
	}
	rest := io.NewSectionReader(s, int64(len(chdr)), s.Size()-int64(len(chdr)))
	return inflatedSection(&inflated{compressed: rest, zstd: kind == elf.COMPRESS_ZSTD, spill: spill}, size)
}

// newZdebug reads the header of an old compressed section: "ZLIB" and the size.
func newZdebug(s *io.SectionReader, spill *spill) dwarf.Section {
	var header [12]byte
	if _, err := s.ReadAt(header[:], 0); err != nil || string(header[:4]) != "ZLIB" {
		return failed(errors.New("no compression header"))
	}
	rest := io.NewSectionReader(s, int64(len(header)), s.Size()-int64(len(header)))
	return inflatedSection(&inflated{compressed: rest, spill: spill}, binary.BigEndian.Uint64(header[4:]))
}

func inflatedSection(s *inflated, size uint64) dwarf.Section {
	if size > maxInflated || !s.zstd && size > uint64(s.compressed.Size())*maxDeflateRatio {
		return failed(fmt.Errorf("%d compressed bytes of %d", s.compressed.Size(), size))
	}
	s.size = int64(size)
	return dwarf.Section{ReaderAt: s, Size: s.size}
}

// failed is a section that gives an error to whoever reads it.
func failed(err error) dwarf.Section { return dwarf.Section{ReaderAt: &inflated{err: err}, Size: 1} }

// ReadAt decompresses the section when it is first called.
func (s *inflated) ReadAt(p []byte, at int64) (int, error) {
	if s.contents == nil && s.err == nil {
		if s.contents, s.err = s.inflate(); s.err != nil {
			s.err = fmt.Errorf("decompressing a debug section: %w", s.err)
		}
	}
	if s.err != nil {
		return 0, s.err
	}
	return s.contents.ReadAt(p, at)
}

func (s *inflated) inflate() (*io.SectionReader, error) {
	s.compressed.Seek(0, io.SeekStart)
	if !s.zstd {
		r, err := zlib.NewReader(s.compressed)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return s.spill.write(r, s.size)
	}
	r, err := zstd.NewReader(s.compressed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return s.spill.write(r, s.size)
}

// memoryELF parses an ELF file that is in memory.
func memoryELF(b []byte) (*elf.File, error) { return parseELF(bytes.NewReader(b)) }
