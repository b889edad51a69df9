package dwarf

import (
	"encoding/binary"
	"fmt"
	"io"
)

// maxIndexRows bounds the units of a package file's index.
const maxIndexRows = 1 << 22

// Columns of an index (section 7.3.5.3). Those of GNU's older version have the same
// numbers as far as they are used here, but that range lists were none of them.
const (
	columnInfo       = 1
	columnAbbrev     = 3
	columnLine       = 4
	columnStrOffsets = 6
	columnRnglists   = 8 // .debug_macro in the older version
)

// packageIndex is the header of .debug_cu_index (section 7.3.5.3).
type packageIndex struct {
	Section
	version              uint16
	columns, rows, slots uint32
}

// Of returns the part of a package file's sections that belongs to the unit with an ID;
// index is its .debug_cu_index.
func (s Sections) Of(index Section, id uint64) (Sections, error) {
	x, err := readIndex(index)
	if err != nil {
		return Sections{}, err
	}
	row, err := x.find(id)
	if err != nil {
		return Sections{}, err
	}
	names, offsets, sizes := make([]byte, 4*x.columns), make([]byte, 4*x.columns), make([]byte, 4*x.columns)
	tables := x.tables()
	for _, part := range []struct {
		to []byte
		at int64
	}{{names, tables}, {offsets, tables + x.row(row)}, {sizes, tables + x.row(row+x.rows)}} {
		if _, err := x.ReadAt(part.to, part.at); err != nil {
			return Sections{}, fmt.Errorf("package index: %w", err)
		}
	}
	le := binary.LittleEndian
	for i := range int(x.columns) {
		section := s.column(le.Uint32(names[4*i:]), x.version)
		if section == nil {
			continue
		}
		if *section, err = section.part(le.Uint32(offsets[4*i:]), le.Uint32(sizes[4*i:])); err != nil {
			return Sections{}, err
		}
	}
	return s, nil
}

// column is the section of a column; nil for one that does not matter here.
func (s *Sections) column(name uint32, version uint16) *Section {
	switch name {
	case columnInfo:
		return &s.Info
	case columnAbbrev:
		return &s.Abbrev
	case columnLine:
		return &s.Line
	case columnStrOffsets:
		return &s.StrOffsets
	case columnRnglists:
		if version == 5 {
			return &s.Rnglists
		}
	}
	return nil
}

// part is a part of a section.
func (s Section) part(at, size uint32) (Section, error) {
	if int64(at)+int64(size) > s.Size || s.ReaderAt == nil {
		return Section{}, fmt.Errorf("package index: %w", errShort)
	}
	return Section{ReaderAt: io.NewSectionReader(s.ReaderAt, int64(at), int64(size)), Size: int64(size)}, nil
}

func readIndex(s Section) (*packageIndex, error) {
	var header [16]byte
	if s.ReaderAt == nil || s.Size < int64(len(header)) {
		return nil, fmt.Errorf("package index: %w", errShort)
	}
	if _, err := s.ReadAt(header[:], 0); err != nil {
		return nil, fmt.Errorf("package index: %w", err)
	}
	le := binary.LittleEndian
	x := &packageIndex{Section: s, version: le.Uint16(header[:]),
		columns: le.Uint32(header[4:]), rows: le.Uint32(header[8:]), slots: le.Uint32(header[12:])}
	if x.version != 2 && x.version != 5 {
		return nil, fmt.Errorf("package index of version %d", x.version)
	}
	if x.columns > 64 || x.rows > maxIndexRows || x.slots > 4*maxIndexRows || x.slots&(x.slots-1) != 0 {
		return nil, fmt.Errorf("package index of %d columns, %d rows, %d slots", x.columns, x.rows, x.slots)
	}
	if x.tables()+x.row(2*x.rows+1) > s.Size {
		return nil, fmt.Errorf("package index: %w", errShort)
	}
	return x, nil
}

// tables is where the columns' names begin; the rows of offsets and those of sizes follow.
func (x *packageIndex) tables() int64 { return 16 + 12*int64(x.slots) }

// row is how far behind them row i is, counted from 1.
func (x *packageIndex) row(i uint32) int64 { return 4 * int64(x.columns) * int64(i) }

// find returns the row of a unit, from 1, by the hash table.
func (x *packageIndex) find(id uint64) (uint32, error) {
	mask := uint64(x.slots) - 1
	step := id>>32&mask | 1
	le := binary.LittleEndian
	for i, slot := uint32(0), id&mask; i < x.slots; i, slot = i+1, (slot+step)&mask {
		var signature [8]byte
		var row [4]byte
		if _, err := x.ReadAt(signature[:], 16+8*int64(slot)); err != nil {
			return 0, fmt.Errorf("package index: %w", err)
		}
		if _, err := x.ReadAt(row[:], 16+8*int64(x.slots)+4*int64(slot)); err != nil {
			return 0, fmt.Errorf("package index: %w", err)
		}
		n := le.Uint32(row[:])
		if n == 0 {
			break
		}
		if le.Uint64(signature[:]) == id && n <= x.rows {
			return n, nil
		}
	}
	return 0, fmt.Errorf("no unit %016x in the package", id)
}
