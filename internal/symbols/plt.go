package symbols

import (
	"bytes"
	"debug/elf"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

const (
	// maxStub is how many bytes of a PLT stub are decoded; the longest known,
	// lld's retpoline form, has 32.
	maxStub = 32
	// maxStubInstructions is how many instructions may stand before a stub's jump.
	maxStubInstructions = 4
)

var endbr64 = []byte{0xf3, 0x0f, 0x1e, 0xfa}

// inStubs reports whether addr lies among the PLT stubs. The same bytes elsewhere are
// a function that consists of a tail call. Only in a file without section headers do
// the bytes alone decide.
func inStubs(f *elf.File, addr uint64) bool {
	if len(f.Sections) > 0 {
		s := codeSection(f, addr)
		return s != nil && strings.HasPrefix(s.Name, ".plt")
	}
	_, ok := stubSlot(f, addr)
	return ok
}

// stubSlot returns the virtual address of the GOT slot through which the PLT stub
// at addr jumps.
func stubSlot(f *elf.File, addr uint64) (slot uint64, ok bool) {
	p, ok := segment(f, addr, elf.PF_X)
	if !ok {
		return 0, false
	}
	code := make([]byte, min(maxStub, p.Filesz-(addr-p.Vaddr)))
	if _, err := p.ReadAt(code, int64(addr-p.Vaddr)); err != nil {
		return 0, false
	}
	return DecodeStub(code, addr)
}

// DecodeStub finds the slot in the code of a stub at addr. Known forms, all from the
// linkers' sources: `jmp *slot(%rip)`, with `bnd` or behind `endbr64` (GNU ld's
// elf_x86_64_lazy_plt_entry and its bnd, ibt and non-lazy variants in
// bfd/elf64-x86-64.c; gold, lld), the same behind `mov $index, %r11d` (mold), and
// `mov slot(%rip), %r11` with a jump through a retpoline (lld -z retpolineplt).
func DecodeStub(code []byte, addr uint64) (slot uint64, ok bool) {
	pc := addr
	if bytes.HasPrefix(code, endbr64) {
		code, pc = code[len(endbr64):], pc+uint64(len(endbr64))
	}
	for range maxStubInstructions {
		// x86asm counts `bnd` as a prefix of the jump.
		inst, err := x86asm.Decode(code, 64)
		if err != nil {
			return 0, false
		}
		pc += uint64(inst.Len)
		code = code[inst.Len:]
		switch inst.Op {
		case x86asm.JMP:
			return ripRelative(inst.Args[0], pc)
		case x86asm.MOV:
			if inst.Args[0] == x86asm.R11 {
				return ripRelative(inst.Args[1], pc)
			}
			if inst.Args[0] != x86asm.R11L {
				return 0, false
			}
		case x86asm.NOP:
		default:
			return 0, false
		}
	}
	return 0, false
}

// ripRelative returns the address of a memory operand that is relative to the next
// instruction, at pc.
func ripRelative(arg x86asm.Arg, pc uint64) (addr uint64, ok bool) {
	m, ok := arg.(x86asm.Mem)
	if !ok || m.Base != x86asm.RIP || m.Index != 0 || m.Segment != 0 {
		return 0, false
	}
	// x86asm does not sign-extend the displacement.
	return pc + uint64(int64(int32(m.Disp))), true
}
