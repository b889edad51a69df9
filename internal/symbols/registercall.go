package symbols

import (
	"debug/elf"
	"encoding/binary"

	"golang.org/x/arch/x86/x86asm"
)

// throughRegister is TailCall for a call through a register, by what the register holds at the
// gate. What is called there is the function itself if that is its gate, or a PLT stub of it:
// the stub may be another module's, since in a program that is not position independent it is
// the function's address for all. Else it is something that jumped on.
func (r *Resolver) throughRegister(m Module, f *elf.File, c Call) (tail, known bool) {
	code := bytesBefore(f, c.Return-m.Bias)
	register, ok := calledRegister(f, code, c.Return-m.Bias)
	if !ok || c.Gate == 0 {
		return false, false
	}
	own, isOwn := largeCall(f, c.Return-m.Bias)
	isOwn = isOwn && inCode(f, own) && !inStubs(f, own)
	value := c.Regs[dwarfRegister[register]]
	called := c.Function
	if value != c.Gate {
		if called, known = r.stubFunction(m, c, value); !known {
			return false, false
		}
	}
	// The register may have been used again: by the jump of a function that it called.
	return called != c.Function || isOwn && !calleeSaved[register], true
}

// stubFunction is the function whose PLT stub lies at an address of the process; "" if none
// does. known is false when the file around it cannot be used.
func (r *Resolver) stubFunction(m Module, c Call, address uint64) (function string, known bool) {
	if c.ModuleAt != nil {
		var found bool
		if m, found = c.ModuleAt(address); !found {
			return "", true
		}
	}
	image := r.callSites(m)
	if image == nil {
		return "", false
	}
	addr := address - m.Bias
	if !inStubs(image.elf, addr) {
		return "", true
	}
	slot, ok := stubSlot(image.elf, addr)
	if !ok {
		return "", false
	}
	function = image.slots.Function(slot)
	return function, function != ""
}

// dwarfRegister numbers the registers as DWARF does, by their number in an instruction
// (System V ABI AMD64, figure 3.36).
var dwarfRegister = [16]int{0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15}

// The registers by their numbers in an instruction: those that a gate itself uses, r10 and
// r11, and those that a function gives back as they were.
var (
	gateClobbers = [16]bool{10: true, 11: true}
	calleeSaved  = [16]bool{3: true, 4: true, 5: true, 12: true, 13: true, 14: true, 15: true}
)

// calledRegister reads code as ending in `call *%reg`, or in a call of a thunk, and gives the
// register's number, if it still holds at the gate what it held at the call. The two-byte form
// (ff d0+reg) may be the end of the three-byte one with a REX prefix that names the upper eight.
func calledRegister(f *elf.File, code []byte, ret uint64) (register int, ok bool) {
	at := len(code) - 2
	switch target, isDirect := directCall(f, code, ret); {
	case at >= 0 && code[at] == 0xff && code[at+1]&0xf8 == 0xd0:
		register = int(code[at+1] & 7)
		if at > 0 && code[at-1]&0xf1 == 0x41 { // REX.B
			register += 8
		}
	case isDirect:
		if register, ok = thunkRegister(f, target); !ok {
			return 0, false
		}
	default:
		return 0, false
	}
	return register, !gateClobbers[register]
}

// maxThunk is how many bytes of a thunk are read: LLVM aligns its second part.
const maxThunk = 48

// thunkRegister reads the code at addr as a retpoline and gives the number of the register that
// it jumps through: a call of what writes the register over its own return address and returns
// (output_indirect_thunk in gcc/config/i386/i386.cc; llvm/lib/Target/X86/X86IndirectThunks.cpp).
func thunkRegister(f *elf.File, addr uint64) (register int, ok bool) {
	p, ok := segment(f, addr, elf.PF_X)
	if !ok {
		return 0, false
	}
	code := make([]byte, min(maxThunk, p.Filesz-(addr-p.Vaddr)))
	if _, err := p.ReadAt(code, int64(addr-p.Vaddr)); err != nil || len(code) < 5 || code[0] != 0xe8 {
		return 0, false
	}
	skip := binary.LittleEndian.Uint32(code[1:])
	code = code[5:]
	if skip > uint32(len(code)) || len(code[skip:]) < 5 {
		return 0, false
	}
	code = code[skip:] // mov %reg,(%rsp); ret
	if code[0]&^0x4 != 0x48 || code[1] != 0x89 || code[2]&^0x38 != 0x04 || code[3] != 0x24 || code[4] != 0xc3 {
		return 0, false
	}
	return int(code[0]&0x4)<<1 + int(code[2]>>3&7), true
}

// maxLarge is how far before a call its address may be loaded, in bytes.
const maxLarge = 48

// largeCall is what the call that returns to ret goes to where -mcmodel=large put the address
// into a register just before: its distance from the GOT, by `movabs`, and the GOT's own, which
// another register holds (R_X86_64_PLTOFF64 and GOTOFF64, System V ABI AMD64, section 3.5.5).
func largeCall(f *elf.File, ret uint64) (target uint64, ok bool) {
	dynamic, err := readDynamic(f)
	p, inside := segment(f, ret-1, elf.PF_X)
	if err != nil || dynamic[elf.DT_PLTGOT] == 0 || !inside {
		return 0, false
	}
	code := make([]byte, min(maxLarge, ret-p.Vaddr))
	if _, err := p.ReadAt(code, int64(ret-p.Vaddr)-int64(len(code))); err != nil {
		return 0, false
	}
	for at := len(code) - 15; at >= 0; at-- { // movabs, add, call
		if distance, ok := largeDistance(code[at:]); ok {
			return dynamic[elf.DT_PLTGOT] + distance, true
		}
	}
	return 0, false
}

// largeDistance reads code as `movabs $distance,%reg`, then a single sum of the register and
// another, among others that leave the sum alone, and at its end a call through it.
func largeDistance(code []byte) (distance uint64, ok bool) {
	inst, err := x86asm.Decode(code, 64)
	immediate, isImmediate := inst.Args[1].(x86asm.Imm)
	if err != nil || inst.Op != x86asm.MOV || inst.Len != 10 || !isImmediate {
		return 0, false
	}
	holder, added := inst.Args[0], false
	for code = code[inst.Len:]; len(code) > 0; code = code[inst.Len:] {
		if inst, err = x86asm.Decode(code, 64); err != nil {
			return 0, false
		}
		switch {
		case inst.Op == x86asm.CALL:
			return uint64(immediate), added && inst.Args[0] == holder && inst.Len == len(code)
		case !added && addsTo(inst, holder):
			holder, added = inst.Args[0], true
		case inst.Args[0] == holder:
			return 0, false
		}
	}
	return 0, false
}

// addsTo reports whether inst sets a register to the sum of holder and another register.
func addsTo(inst x86asm.Inst, holder x86asm.Arg) bool {
	switch from := inst.Args[1].(type) {
	case x86asm.Reg:
		return inst.Op == x86asm.ADD && (inst.Args[0] == holder || from == holder)
	case x86asm.Mem:
		return inst.Op == x86asm.LEA && from.Disp == 0 && from.Scale == 1 && from.Base != 0 && (from.Base == holder || from.Index == holder)
	default:
		return false
	}
}
