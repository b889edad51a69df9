// Package ehframe reads .eh_frame, the table by which a stack is unwound without frame
// pointers, and unwinds with it from registers and a copy of the stack. It knows x86-64.
//
// Sources: the Linux Standard Base, "Exception Frames", and DWARF 4, section 6.4. Every
// file is foreign: a damaged table is an error or ends early, never a panic.
package ehframe

import (
	"cmp"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxTable bounds the bytes of a table that is read; the largest seen, of a
// debug build of LLVM, has 40 MB.
const maxTable = 256 << 20

// Function is one entry of a table: a stretch of code, most often a function.
type Function struct {
	Start, End uint64 // virtual addresses of the file; End is not in it
	cie        *cie
	program    []byte // call frame instructions
}

// Table holds the entries of one file, sorted by address.
type Table struct{ functions []Function }

// cie is what entries have in common.
type cie struct {
	codeAlign, dataAlign int64
	returnColumn         uint64
	encoding             byte // of addresses
	augmented            bool // entries have augmentation data
	signal               bool // a signal handler's return trampoline
	program              []byte
}

// ErrNone is returned for a file without a table.
var ErrNone = errors.New("no .eh_frame")

// Read reads the table of an ELF file: by its section or, where it has no section headers,
// by the segment PT_GNU_EH_FRAME.
func Read(f *elf.File) (*Table, error) {
	if s := f.Section(".eh_frame"); s != nil && s.Type != elf.SHT_NOBITS && s.ReaderAt != nil {
		return read(s, s.Addr, s.FileSize)
	}
	at, err := fromHeader(f)
	if err != nil {
		return nil, err
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && at >= p.Vaddr && at-p.Vaddr < p.Filesz {
			size := p.Filesz - (at - p.Vaddr)
			return read(io.NewSectionReader(p, int64(at-p.Vaddr), int64(size)), at, size)
		}
	}
	return nil, ErrNone
}

// fromHeader finds the table by what .eh_frame_hdr begins with.
func fromHeader(f *elf.File) (uint64, error) {
	for _, p := range f.Progs {
		if p.Type != elf.PT_GNU_EH_FRAME {
			continue
		}
		head := make([]byte, min(p.Filesz, 16))
		if _, err := p.ReadAt(head, 0); err != nil || len(head) < 8 || head[0] != 1 {
			return 0, ErrNone
		}
		c := cursor{data: head, addr: p.Vaddr, at: 4}
		at, ok := c.pointer(head[1], p.Vaddr)
		if !ok {
			return 0, ErrNone
		}
		return at, nil
	}
	return 0, ErrNone
}

func read(r io.ReaderAt, addr, size uint64) (*Table, error) {
	if size > maxTable {
		return nil, fmt.Errorf(".eh_frame of %d bytes is too large", size)
	}
	data := make([]byte, size)
	if _, err := r.ReadAt(data, 0); err != nil {
		return nil, fmt.Errorf("reading .eh_frame: %w", err)
	}
	return Parse(data, addr)
}

// Parse reads a table that lies at the virtual address addr. Entries of a kind that is not
// known are left out.
func Parse(data []byte, addr uint64) (*Table, error) {
	t := &Table{}
	cies := map[int]*cie{}
	for at := 0; at+4 <= len(data); {
		c := cursor{data: data, addr: addr, at: at}
		length, ok := c.length()
		if !ok || length == 0 {
			break
		}
		body := c.at
		end := body + int(length)
		if length > uint64(len(data)) || end > len(data) {
			return t.sorted(), fmt.Errorf(".eh_frame at %#x: an entry of %d bytes does not fit", addr+uint64(at), length)
		}
		c.data = data[:end]
		id, _ := c.u32()
		if id == 0 {
			cies[at] = c.cie()
		} else if common, known := cies[body-int(id)]; known && common != nil {
			if f, ok := c.function(common); ok {
				t.functions = append(t.functions, f)
			}
		}
		at = end
	}
	return t.sorted(), nil
}

func (t *Table) sorted() *Table {
	slices.SortFunc(t.functions, func(a, b Function) int { return cmp.Compare(a.Start, b.Start) })
	return t
}

// Functions returns all entries, by address.
func (t *Table) Functions() []Function { return t.functions }

// Find returns the entry that covers a virtual address.
func (t *Table) Find(addr uint64) (*Function, bool) {
	i, exact := slices.BinarySearchFunc(t.functions, addr, func(f Function, a uint64) int {
		return cmp.Compare(f.Start, a)
	})
	if !exact {
		i--
	}
	if i < 0 || addr >= t.functions[i].End {
		return nil, false
	}
	return &t.functions[i], true
}
