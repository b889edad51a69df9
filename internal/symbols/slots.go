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
)

const (
	relaSize = 24 // Elf64_Rela, glibc's elf/elf.h
	dynSize  = 16 // Elf64_Dyn
	// maxDynamic bounds the dynamic section's entries; real ones have some fifty.
	maxDynamic = 4096
	// maxSlots is how many GOT slots of one module are kept, 16 bytes each.
	maxSlots = 1 << 20
)

// slot is a GOT slot that the dynamic linker fills with a symbol's address.
type slot struct {
	addr   uint64 // virtual address of the slot
	symbol uint32 // index in the dynamic symbol table
}

// Slots are a module's GOT slots, sorted by address.
type Slots struct {
	slots   []slot
	symbols *io.SectionReader // Elf64_Sym entries
	names   *io.SectionReader
}

// maxWhole bounds the tables that are read whole by All, rather than in a piece for each name.
const maxWhole = 16 << 20

// ReadSlots collects the slots of R_X86_64_JUMP_SLOT and R_X86_64_GLOB_DAT from
// DT_JMPREL and DT_RELA, the two that a gate can stand in. It goes by the dynamic
// segment, as the dynamic linker does, and needs no section headers. A file without
// a dynamic segment has none.
func ReadSlots(f *elf.File) (*Slots, error) {
	dynamic, err := readDynamic(f)
	if err != nil || dynamic == nil {
		return &Slots{}, err
	}
	s := &Slots{}
	if s.names, err = virtual(f, dynamic[elf.DT_STRTAB], dynamic[elf.DT_STRSZ]); err != nil {
		return nil, fmt.Errorf("dynamic string table: %w", err)
	}
	// Nothing tells the symbol table's length but its hash table: it is read up to
	// its segment's end at most.
	at := dynamic[elf.DT_SYMTAB]
	p, ok := segment(f, at, 0)
	if !ok {
		return nil, fmt.Errorf("no segment holds the dynamic symbol table at %#x", at)
	}
	s.symbols = io.NewSectionReader(p, int64(at-p.Vaddr), int64(p.Filesz-(at-p.Vaddr)))
	tables := [][2]elf.DynTag{{elf.DT_JMPREL, elf.DT_PLTRELSZ}, {elf.DT_RELA, elf.DT_RELASZ}}
	for _, table := range tables {
		if err := s.addTable(f, dynamic[table[0]], dynamic[table[1]]); err != nil {
			return nil, fmt.Errorf("relocations at %v: %w", table[0], err)
		}
	}
	slices.SortFunc(s.slots, func(a, b slot) int { return cmp.Compare(a.addr, b.addr) })
	return s, nil
}

// readDynamic returns the first value of each tag in the dynamic segment; nil when
// there is no such segment.
func readDynamic(f *elf.File) (map[elf.DynTag]uint64, error) {
	for _, p := range f.Progs {
		if p.Type != elf.PT_DYNAMIC {
			continue
		}
		values := map[elf.DynTag]uint64{}
		size := min(p.Filesz, maxDynamic*dynSize)
		err := readTable(p, size, dynSize, func(entry []byte) error {
			tag := elf.DynTag(int64(binary.LittleEndian.Uint64(entry)))
			if _, seen := values[tag]; !seen {
				values[tag] = binary.LittleEndian.Uint64(entry[8:])
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading the dynamic segment: %w", err)
		}
		return values, nil
	}
	return nil, nil
}

// addTable adds the slots of one table of Elf64_Rela. A table of size 0 is absent.
func (s *Slots) addTable(f *elf.File, addr, size uint64) error {
	if size == 0 {
		return nil
	}
	r, err := virtual(f, addr, size)
	if err != nil {
		return err
	}
	return readTable(r, size, relaSize, func(entry []byte) error {
		info := binary.LittleEndian.Uint64(entry[8:])
		switch elf.R_X86_64(elf.R_TYPE64(info)) {
		case elf.R_X86_64_JMP_SLOT, elf.R_X86_64_GLOB_DAT:
		default:
			return nil
		}
		if len(s.slots) >= maxSlots {
			return errors.New("too many slots")
		}
		s.slots = append(s.slots, slot{binary.LittleEndian.Uint64(entry), elf.R_SYM64(info)})
		return nil
	})
}

// All calls yield with each slot's virtual address and the name of its function.
func (s *Slots) All(yield func(addr uint64, function string) bool) {
	s.readWhole()
	names := map[uint32]string{}
	for _, slot := range s.slots {
		name, known := names[slot.symbol]
		if !known {
			name = s.Function(slot.addr)
			names[slot.symbol] = name
		}
		if name != "" && !yield(slot.addr, name) {
			return
		}
	}
}

// readWhole reads the names and their symbols into memory. A table that is too large, or
// damaged, stays where it is.
func (s *Slots) readWhole() {
	if len(s.slots) == 0 {
		return
	}
	last := uint64(slices.MaxFunc(s.slots, func(a, b slot) int { return cmp.Compare(a.symbol, b.symbol) }).symbol)
	s.symbols = inMemory(s.symbols, int64(last+1)*symbolSize)
	s.names = inMemory(s.names, s.names.Size())
}

// inMemory is the first size bytes of r, read; r itself if that cannot be.
func inMemory(r *io.SectionReader, size int64) *io.SectionReader {
	if size > maxWhole {
		return r
	}
	b := make([]byte, size)
	if _, err := r.ReadAt(b, 0); err != nil {
		return r
	}
	return io.NewSectionReader(bytes.NewReader(b), 0, size)
}

// Function returns the name of the symbol whose address the slot at addr gets; ""
// when there is no such slot.
func (s *Slots) Function(addr uint64) string {
	i, ok := slices.BinarySearchFunc(s.slots, addr, func(s slot, addr uint64) int {
		return cmp.Compare(s.addr, addr)
	})
	if !ok {
		return ""
	}
	var name [4]byte
	if _, err := s.symbols.ReadAt(name[:], int64(s.slots[i].symbol)*symbolSize); err != nil {
		return ""
	}
	return readString(s.names, uint64(binary.LittleEndian.Uint32(name[:])))
}
