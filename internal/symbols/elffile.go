package symbols

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// errNotELF says that a module's file is not an ELF file that can be read.
var errNotELF = errors.New("not ELF")

// maxSectionNames bounds what debug/elf allocates for section names: it copies one
// out of the name table for each section, and a hostile table without a NUL makes
// each copy as long as the table.
const maxSectionNames = 16 << 20

// OpenELF opens the regular file at path and reads its ELF headers. The error wraps
// errNotELF when the file is there but is no ELF file that can be read.
func OpenELF(path string) (*os.File, *elf.File, error) {
	// A path from a process's maps may name a FIFO by now: without O_NONBLOCK the
	// open would wait for a writer.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := readELF(file)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, parsed, nil
}

// readELF checks that file is a regular file and reads its headers.
func readELF(file *os.File) (*elf.File, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: not a regular file", errNotELF)
	}
	return parseELF(file)
}

// parseELF is elf.NewFile for foreign bytes: what would make it allocate without
// bound is refused first, and a panic is an error.
func parseELF(r io.ReaderAt) (f *elf.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("%w: %v", errNotELF, p)
		}
	}()
	if err := checkSectionNames(r); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotELF, err)
	}
	if f, err = elf.NewFile(r); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotELF, err)
	}
	return f, nil
}

// checkSectionNames refuses a file whose section name table is too large for its
// number of sections. Only 64-bit little-endian files pass: no other CPU is
// watched. Layouts are Elf64_Ehdr and Elf64_Shdr in glibc's elf/elf.h.
func checkSectionNames(r io.ReaderAt) error {
	var ehdr [64]byte
	if _, err := r.ReadAt(ehdr[:], 0); err != nil {
		return fmt.Errorf("reading the ELF header: %w", err)
	}
	if string(ehdr[:4]) != elf.ELFMAG {
		return errors.New("no ELF magic")
	}
	if elf.Class(ehdr[4]) != elf.ELFCLASS64 || elf.Data(ehdr[5]) != elf.ELFDATA2LSB {
		return errors.New("not a 64-bit little-endian file")
	}
	le := binary.LittleEndian
	shoff, shentsize := le.Uint64(ehdr[40:]), uint64(le.Uint16(ehdr[58:]))
	shnum, shstrndx := uint64(le.Uint16(ehdr[60:])), uint64(le.Uint16(ehdr[62:]))
	if shoff == 0 {
		return nil
	}
	if shnum == 0 || shstrndx >= shnum {
		// Zero means that the number stands in section 0, which only a file with
		// more than 65,279 sections needs.
		return fmt.Errorf("%d sections with their names in section %d", shnum, shstrndx)
	}
	var shdr [64]byte
	at := shoff + shstrndx*shentsize
	if at < shoff || at > 1<<62 {
		return fmt.Errorf("section headers at %#x", shoff)
	}
	if _, err := r.ReadAt(shdr[:], int64(at)); err != nil {
		return fmt.Errorf("reading the header of section %d: %w", shstrndx, err)
	}
	if elf.SectionFlag(le.Uint64(shdr[8:]))&elf.SHF_COMPRESSED != 0 {
		return errors.New("compressed section names")
	}
	if size := le.Uint64(shdr[32:]); size > maxSectionNames/shnum {
		return fmt.Errorf("%d bytes of names for %d sections", size, shnum)
	}
	return nil
}
