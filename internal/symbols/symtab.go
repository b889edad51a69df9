package symbols

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
)

const (
	symbolSize = 24 // Elf64_Sym, glibc's elf/elf.h
	// maxSymbols is how many symbols of one module are kept, 24 bytes each. Large
	// C++ libraries have some hundred thousand functions.
	maxSymbols = 4 << 20
	// maxTable bounds the entries of a table that are looked at, kept or not.
	maxTable = 32 << 20
	// maxName is the longest symbol name read, in bytes.
	maxName = 64 << 10
	// maxOverlap bounds the symbols looked at for one address when many overlap.
	maxOverlap = 4096
)

// symbol is a function symbol. Its name stays in the file until it is asked for.
type symbol struct {
	value, size uint64
	name        uint32 // offset in the string table
	rank        uint8  // the best of several at one address has the highest
}

// symtab holds the function symbols of one module, sorted by value, then rank.
type symtab struct {
	symbols []symbol
	names   io.ReaderAt
}

// readSymtab reads f's .symtab, or its .dynsym when it is stripped. A file without
// either gives an empty table. code is the file that has the code: f itself, or the
// one that f was split from.
func readSymtab(f, code *elf.File) (symtab, error) {
	section := f.SectionByType(elf.SHT_SYMTAB)
	if section == nil || section.FileSize < 2*symbolSize {
		section = f.SectionByType(elf.SHT_DYNSYM)
	}
	if section == nil {
		return symtab{}, nil
	}
	if section.ReaderAt == nil || section.Type == elf.SHT_NOBITS || uint64(section.Link) >= uint64(len(f.Sections)) {
		return symtab{}, fmt.Errorf("section %q cannot be read", section.Name)
	}
	names := f.Sections[section.Link]
	if names.ReaderAt == nil || names.Type != elf.SHT_STRTAB {
		return symtab{}, fmt.Errorf("section %q has no string table", section.Name)
	}
	t := symtab{names: names}
	err := readTable(section, section.FileSize, symbolSize, func(entry []byte) error {
		return t.add(f, code, entry)
	})
	if err != nil {
		return symtab{}, fmt.Errorf("reading section %q: %w", section.Name, err)
	}
	slices.SortFunc(t.symbols, func(a, b symbol) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.rank, b.rank), cmp.Compare(b.name, a.name))
	})
	t.symbols = slices.Clip(t.symbols)
	return t, nil
}

// readTable calls add for each whole entry of a table of size bytes, a chunk at a
// time: what is allocated does not depend on the size that the file claims.
func readTable(r io.ReaderAt, size uint64, entrySize int, add func(entry []byte) error) error {
	if size/uint64(entrySize) > maxTable {
		return fmt.Errorf("table of %d bytes is too large", size)
	}
	chunk := make([]byte, 4096*entrySize)
	for at := uint64(0); at+uint64(entrySize) <= size; at += uint64(len(chunk)) {
		part := chunk[:min(uint64(len(chunk)), (size-at)/uint64(entrySize)*uint64(entrySize))]
		if _, err := r.ReadAt(part, int64(at)); err != nil {
			return err
		}
		for ; len(part) > 0; part = part[entrySize:] {
			if err := add(part[:entrySize]); err != nil {
				return err
			}
		}
	}
	return nil
}

// add keeps an Elf64_Sym when it is a function in code.
func (t *symtab) add(f, code *elf.File, entry []byte) error {
	le := binary.LittleEndian
	kind, bind := elf.ST_TYPE(entry[4]), elf.ST_BIND(entry[4])
	section := elf.SectionIndex(le.Uint16(entry[6:]))
	s := symbol{name: le.Uint32(entry), value: le.Uint64(entry[8:]), size: le.Uint64(entry[16:])}
	if section == elf.SHN_UNDEF || s.name == 0 || !inCode(code, s.value) {
		return nil
	}
	switch kind {
	case elf.STT_FUNC, elf.STT_GNU_IFUNC:
		s.rank = 4
	case elf.STT_NOTYPE:
		if int(section) >= len(f.Sections) || f.Sections[section].Flags&elf.SHF_EXECINSTR == 0 {
			return nil
		}
	default:
		return nil
	}
	switch bind {
	case elf.STB_GLOBAL:
		s.rank += 2
	case elf.STB_WEAK:
		s.rank++
	}
	if len(t.symbols) >= maxSymbols {
		return errors.New("too many functions")
	}
	t.symbols = append(t.symbols, s)
	return nil
}

// find returns the symbol that covers addr (exact), or else the nearest one between
// start, where the code around addr begins, and addr.
func (t *symtab) find(addr, start uint64) (s symbol, exact, ok bool) {
	above := sort.Search(len(t.symbols), func(i int) bool { return t.symbols[i].value > addr })
	for i := above - 1; i >= 0 && above-i <= maxOverlap && t.symbols[i].value >= start; i-- {
		if addr-t.symbols[i].value < t.symbols[i].size {
			return t.symbols[i], true, true
		}
	}
	if above == 0 || t.symbols[above-1].value < start {
		return symbol{}, false, false
	}
	return t.symbols[above-1], false, true
}

// name reads a symbol's name; "" when the string table does not hold it whole.
func (t *symtab) name(s symbol) string { return readString(t.names, uint64(s.name)) }

// readString reads the NUL-terminated string at offset; "" when it does not end
// within maxName bytes.
func readString(r io.ReaderAt, offset uint64) string {
	var b []byte
	for size := 128; size <= maxName; size *= 8 {
		b = make([]byte, size)
		n, _ := r.ReadAt(b, int64(offset))
		if end := bytes.IndexByte(b[:n], 0); end >= 0 {
			return string(b[:end])
		}
		if n < size {
			break
		}
	}
	return ""
}
