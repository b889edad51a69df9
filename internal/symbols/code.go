package symbols

import (
	"debug/elf"
	"fmt"
	"io"
)

// inCode reports whether the virtual address lies in an executable segment's file
// part.
func inCode(f *elf.File, addr uint64) bool {
	_, ok := segment(f, addr, elf.PF_X)
	return ok
}

// segment returns the PT_LOAD segment with all the given flags whose file part
// covers the virtual address.
func segment(f *elf.File, addr uint64, flags elf.ProgFlag) (*elf.Prog, bool) {
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&flags == flags && addr >= p.Vaddr && addr-p.Vaddr < p.Filesz {
			return p, true
		}
	}
	return nil, false
}

// codeStart returns where the executable section around addr begins, or the
// executable segment in a file without section headers: a symbol below that is not
// addr's.
func codeStart(f *elf.File, addr uint64) (start uint64, ok bool) {
	p, ok := segment(f, addr, elf.PF_X)
	if !ok {
		return 0, false
	}
	if s := codeSection(f, addr); s != nil {
		return s.Addr, true
	}
	return p.Vaddr, true
}

// codeSection returns the executable section that covers addr, nil when none does.
func codeSection(f *elf.File, addr uint64) *elf.Section {
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_EXECINSTR != 0 && addr >= s.Addr && addr-s.Addr < s.Size {
			return s
		}
	}
	return nil
}

// virtual returns a reader of the size bytes at the virtual address. All must lie
// in the file part of one segment.
func virtual(f *elf.File, addr, size uint64) (*io.SectionReader, error) {
	p, ok := segment(f, addr, 0)
	if !ok || size > p.Filesz-(addr-p.Vaddr) {
		return nil, fmt.Errorf("no segment holds the %d bytes at %#x", size, addr)
	}
	return io.NewSectionReader(p, int64(addr-p.Vaddr), int64(size)), nil
}
