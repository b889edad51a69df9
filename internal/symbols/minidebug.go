package symbols

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

const (
	// maxMiniDebug bounds a .gnu_debugdata section when it is decompressed.
	maxMiniDebug = 64 << 20
	// maxXZDictionary bounds the decoder's memory; xz -9 uses 64 MB.
	maxXZDictionary = 64 << 20
)

// miniSymtab reads the symbols of .gnu_debugdata, an ELF file compressed with xz that
// holds the functions that .dynsym does not (GDB manual, "MiniDebugInfo"). A file
// without one, or with one that cannot be read, has the symbols that it has.
func miniSymtab(i *image) symtab {
	s := i.elf.Section(".gnu_debugdata")
	if s == nil || s.Type == elf.SHT_NOBITS || s.FileSize > maxMiniDebug || !stripped(i.elf) {
		return symtab{}
	}
	b, err := unxz(rawSection(i.file, s), s.FileSize)
	if err != nil {
		return symtab{}
	}
	f, err := memoryELF(b)
	if err != nil {
		return symtab{}
	}
	t, err := readSymtab(f, i.elf)
	if err != nil {
		return symtab{}
	}
	return t
}

// unxz decompresses the first block of an xz file of size bytes (The .xz File Format,
// version 1.2.1); what xz writes has a single one up to 24 MB. The block's header is
// read here because the xz package allocates whatever dictionary it asks for, up to
// 4 GB. A panic of the decoder is an error.
func unxz(r io.ReaderAt, size uint64) (b []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, fmt.Errorf("decompressing xz: %v", p)
		}
	}()
	at, dictionary, err := xzBlock(r)
	if err != nil {
		return nil, fmt.Errorf("decompressing xz: %w", err)
	}
	config := lzma.Reader2Config{DictCap: dictionary}
	x, err := config.NewReader2(io.NewSectionReader(r, at, int64(size)-at))
	if err != nil {
		return nil, fmt.Errorf("decompressing xz: %w", err)
	}
	b, err = io.ReadAll(io.LimitReader(x, maxMiniDebug+1))
	if err == nil && len(b) > maxMiniDebug {
		err = fmt.Errorf("more than %d bytes", maxMiniDebug)
	}
	if err != nil {
		return nil, fmt.Errorf("decompressing xz: %w", err)
	}
	return b, nil
}

const (
	xzMagic        = "\xfd7zXZ\x00"
	xzHeaderSize   = 12
	xzFilterLZMA2  = 0x21
	xzHasPacked    = 0x40 // the header gives the compressed size
	xzHasUnpacked  = 0x80 // and the uncompressed one
	xzOtherFilters = 0x3f
)

// xzBlock reads the header of the first block (section 3.1) and returns where its
// data begins and how large its dictionary is.
func xzBlock(r io.ReaderAt) (at int64, dictionary int, err error) {
	var b [xzHeaderSize + 1024]byte
	n, _ := r.ReadAt(b[:], 0)
	if n <= xzHeaderSize || string(b[:len(xzMagic)]) != xzMagic {
		return 0, 0, errors.New("no xz magic")
	}
	size := (int(b[xzHeaderSize]) + 1) * 4
	if n < xzHeaderSize+size || size < 8 {
		return 0, 0, errors.New("block header cut short")
	}
	header := b[xzHeaderSize+1 : xzHeaderSize+size]
	flags, header := header[0], header[1:]
	if flags&xzOtherFilters != 0 {
		return 0, 0, errors.New("filters other than LZMA2")
	}
	next := func() uint64 {
		v, n := binary.Uvarint(header)
		if n <= 0 {
			n, v = len(header), 0
		}
		header = header[n:]
		return v
	}
	for _, has := range []byte{xzHasPacked, xzHasUnpacked} {
		if flags&has != 0 {
			next()
		}
	}
	if next() != xzFilterLZMA2 || next() != 1 || len(header) == 0 {
		return 0, 0, errors.New("no LZMA2 filter")
	}
	capacity, err := lzma.DecodeDictCap(header[0])
	if err != nil || capacity > maxXZDictionary {
		return 0, 0, fmt.Errorf("dictionary of %d bytes", capacity)
	}
	return int64(xzHeaderSize + size), int(max(capacity, lzma.MinDictCap)), nil
}
