// Package site finds the instructions by which a module calls the C API: calls and jumps to
// a PLT stub, or through a GOT slot, of a function that is asked for.
//
// A breakpoint inside an instruction would corrupt the program. So code is never searched
// for bytes: it is decoded function by function from where .eh_frame says that one begins,
// and a function that does not decode to exactly its end is left alone and counted.
package site

import (
	"cmp"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gilwatch/gilwatch/internal/ehframe"
	"github.com/gilwatch/gilwatch/internal/probe/x86"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Site is one such instruction.
type Site struct {
	Addr     uint64 // virtual address
	Offset   uint64 // in the file
	Function string // what it calls
	Len      int    // bytes
	Jump     bool   // a tail call
	Code     *Code  // the function that it stands in
}

// Code is a function with sites, as it stands in the file.
type Code struct {
	Addr  uint64
	Bytes []byte
}

// Module is what is known of one file.
type Module struct {
	Sites []Site // by address
	// Start and End bound the file's executable code, in virtual addresses.
	Start, End uint64
	// Imports is the number of functions asked for that the module imports.
	Imports int
	Gaps    Gaps
}

// Gaps counts what of a module is not covered.
type Gaps struct {
	Undecoded   int // functions with instructions that are not known
	Conditional int // conditional jumps to a function
	Addresses   int // loads of a function's address: what is called through it is not seen
	// Undescribed says that no entry of .eh_frame has a site, though functions are imported.
	Undescribed bool
}

// errNotX86 is for files of another CPU.
var errNotX86 = errors.New("not for x86-64")

// maxCode bounds the code that is read of one file.
const maxCode = 1 << 30

// Inside is an interpreter that is linked into the file itself.
type Inside struct {
	Functions map[uint64]string       // by their virtual address
	Own       func(start uint64) bool // the function that begins there is the interpreter's
}

// Scan finds the sites of a file that call a wanted function. Inside may be nil.
func Scan(f *elf.File, wanted func(function string) bool, inside *Inside) (*Module, error) {
	if f.Machine != elf.EM_X86_64 {
		return nil, errNotX86
	}
	s := scan{file: f, slots: map[uint64]string{}, stubs: map[uint64]string{}}
	if err := s.readSlots(wanted); err != nil {
		return nil, err
	}
	m := &s.module
	if inside != nil {
		s.enter(inside, wanted)
	}
	if m.Imports == 0 {
		return m, nil
	}
	table, err := ehframe.Read(f)
	if errors.Is(err, ehframe.ErrNone) {
		m.Gaps.Undescribed = true
		return m, nil
	}
	if err != nil && table == nil {
		return nil, err
	}
	if err := s.readCode(); err != nil {
		return nil, err
	}
	for _, function := range table.Functions() {
		if inside == nil || !inside.Own(function.Start) {
			s.function(function.Start, function.End)
		}
	}
	m.Gaps.Undescribed = len(m.Sites) == 0 && m.Gaps.Addresses == 0
	slices.SortFunc(m.Sites, func(a, b Site) int { return cmp.Compare(a.Addr, b.Addr) })
	m.Sites = slices.CompactFunc(m.Sites, func(a, b Site) bool { return a.Addr == b.Addr })
	return m, nil
}

type scan struct {
	file   *elf.File
	slots  map[uint64]string // wanted functions, by the address of their slot
	stubs  map[uint64]string // and of their stub, or themselves
	parts  []part
	module Module
}

// part is an executable section.
type part struct {
	addr, offset uint64
	code         []byte
	plt          bool
}

func (s *scan) readSlots(wanted func(string) bool) error {
	slots, err := symbols.ReadSlots(s.file)
	if err != nil {
		return fmt.Errorf("its relocations: %w", err)
	}
	names := map[string]bool{}
	slots.All(func(addr uint64, function string) bool {
		if wanted(function) {
			s.slots[addr] = function
			names[function] = true
		}
		return true
	})
	s.module.Imports = len(names)
	return nil
}

// enter takes the interpreter's functions for stubs of their own.
func (s *scan) enter(inside *Inside, wanted func(string) bool) {
	for at, function := range inside.Functions {
		if wanted(function) {
			s.stubs[at] = function
			s.module.Imports++
		}
	}
}

// readCode reads the executable sections, and the stubs among them.
func (s *scan) readCode() error {
	for _, section := range s.file.Sections {
		if section.Flags&elf.SHF_EXECINSTR == 0 || section.Type != elf.SHT_PROGBITS {
			continue
		}
		if section.FileSize > maxCode {
			return fmt.Errorf("section %s of %d bytes is too large", section.Name, section.FileSize)
		}
		code := make([]byte, section.FileSize)
		if _, err := section.ReadAt(code, 0); err != nil {
			return fmt.Errorf("reading section %s: %w", section.Name, err)
		}
		p := part{section.Addr, section.Offset, code, strings.HasPrefix(section.Name, ".plt")}
		s.parts = append(s.parts, p)
		if p.plt {
			s.readStubs(p)
		}
		if m := &s.module; m.Start == 0 || p.addr < m.Start {
			m.Start = p.addr
		}
		s.module.End = max(s.module.End, p.addr+section.FileSize)
	}
	return nil
}

// readStubs finds the stubs of wanted functions. They begin at a multiple of eight bytes,
// those of .plt.got, or of sixteen.
func (s *scan) readStubs(p part) {
	const step = 8
	for at := 0; at < len(p.code); at += step {
		addr := p.addr + uint64(at)
		if slot, ok := symbols.DecodeStub(p.code[at:], addr); ok && s.slots[slot] != "" {
			s.stubs[addr] = s.slots[slot]
		}
	}
}

// function looks through the code of one entry of .eh_frame.
func (s *scan) function(start, end uint64) {
	for i := range s.parts {
		p := &s.parts[i]
		if p.plt || start < p.addr || end > p.addr+uint64(len(p.code)) {
			continue
		}
		code := p.code[start-p.addr : end-p.addr]
		f := function{scan: s, code: &Code{start, code}, offset: p.offset + (start - p.addr)}
		f.decode()
		return
	}
}

type function struct {
	*scan
	code   *Code
	offset uint64
	sites  []Site
	gaps   Gaps
}

func (f *function) decode() {
	code := f.code.Bytes
	for at := 0; at < len(code); {
		in, ok := x86.Decode(code[at:])
		if !ok {
			f.module.Gaps.Undecoded++
			return
		}
		if in.Relative != 0 {
			f.look(at, in, code[at:at+in.Len])
		}
		at += in.Len
	}
	f.module.Sites = append(f.module.Sites, f.sites...)
	f.module.Gaps.Addresses += f.gaps.Addresses
	f.module.Gaps.Conditional += f.gaps.Conditional
}

// look tells what an instruction with a relative displacement does to a wanted function.
func (f *function) look(at int, in x86.Instruction, code []byte) {
	addr := f.code.Addr + uint64(at)
	displacement := int64(int32(binary.LittleEndian.Uint32(code[in.Relative:])))
	target := addr + uint64(in.Len) + uint64(displacement)
	if in.Vector || in.Map > 1 {
		return
	}
	direct := in.Map == 0 && (in.Op == 0xe8 || in.Op == 0xe9)
	switch {
	case direct && f.stubs[target] != "":
		f.add(at, in.Len, in.Op == 0xe9, f.stubs[target])
	case in.Map == 1 && in.Op&0xf0 == 0x80 && f.stubs[target] != "":
		f.gaps.Conditional++
	case in.Map == 0 && in.Op == 0xff && f.slots[target] != "" && (in.ModRM>>3&7 == 2 || in.ModRM>>3&7 == 4):
		f.add(at, in.Len, in.ModRM>>3&7 == 4, f.slots[target])
	case !direct && f.slots[target] != "":
		f.gaps.Addresses++
	}
}

func (f *function) add(at, length int, jump bool, name string) {
	f.sites = append(f.sites, Site{
		Addr: f.code.Addr + uint64(at), Offset: f.offset + uint64(at), Function: name, Len: length, Jump: jump, Code: f.code,
	})
}
