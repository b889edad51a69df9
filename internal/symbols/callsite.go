package symbols

import (
	"debug/elf"
	"encoding/binary"
)

// longestCall is the longest x86-64 call instruction, in bytes: prefixes, opcode,
// ModRM, SIB and a 32-bit displacement (Intel SDM volume 2, section 2.1).
const longestCall = 8

// TailCall reports whether function, which returns to ret in m, was reached by a
// tail call: the call before ret went elsewhere, and what it called jumped on. Then
// ret does not lie in function's caller.
//
// It goes by the bytes before ret in m's file:
//   - a call to a PLT stub, or through a GOT slot, of function itself: no tail call;
//   - a direct call to anything else, or through another function's slot: a tail
//     call;
//   - a call through a register or through memory that is no slot: not known. A
//     function's address travels in tables and arguments as well, into modules that
//     have no relocation for it, so the call may have gone either way.
//
// known is false when the bytes do not tell, or m's file cannot be used.
func (r *Resolver) TailCall(m Module, ret uint64, function string) (tail, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	image := r.cache.get(m)
	if image.reason != "" || image.elf.Machine != elf.EM_X86_64 {
		return false, false
	}
	if image.slots == nil {
		slots, err := readSlots(image.elf)
		if err != nil {
			// Without the relocations no call can be told from another. An
			// empty table would call each of them a tail call.
			return false, false
		}
		image.slots = slots
	}
	return tailCall(image.elf, image.slots, ret-m.Bias, function)
}

// tailCall is TailCall for the virtual address ret. The bytes before an address can
// be read in several ways, since x86 code has no way back from an instruction to the
// one before. A reading that ends in a stub or a slot with a name is too particular to
// be chance; any other decides only when it is the only one.
func tailCall(f *elf.File, slots *slots, ret uint64, function string) (tail, known bool) {
	code := bytesBefore(f, ret)
	direct, isDirect := directCall(f, code, ret)
	indirect, isSlot := slotCall(code, ret)
	if isDirect && inStubs(f, direct) {
		called := ""
		if slot, ok := stubSlot(f, direct); ok {
			called = slots.function(slot)
		}
		return called != "" && called != function, called != ""
	}
	if isSlot {
		called := slots.function(indirect)
		return called != "" && called != function, called != ""
	}
	if isDirect && !registerCall(code) {
		return true, true
	}
	return false, false
}

// bytesBefore returns up to longestCall bytes of code that end at ret.
func bytesBefore(f *elf.File, ret uint64) []byte {
	p, ok := segment(f, ret-1, elf.PF_X)
	if !ok {
		return nil
	}
	code := make([]byte, min(longestCall, ret-p.Vaddr))
	if _, err := p.ReadAt(code, int64(ret-p.Vaddr)-int64(len(code))); err != nil {
		return nil
	}
	return code
}

// directCall reads code as ending in `call rel32` (e8), and gives its target. A
// target outside of the module's code means that the bytes are something else.
func directCall(f *elf.File, code []byte, ret uint64) (target uint64, ok bool) {
	at := len(code) - 5
	if at < 0 || code[at] != 0xe8 {
		return 0, false
	}
	target = ret + displacement(code)
	return target, inCode(f, target)
}

// slotCall reads code as ending in `call *disp(%rip)` (ff 15), and gives the address
// of the memory operand.
func slotCall(code []byte, ret uint64) (operand uint64, ok bool) {
	at := len(code) - 6
	if at < 0 || code[at] != 0xff || code[at+1] != 0x15 {
		return 0, false
	}
	return ret + displacement(code), true
}

// displacement returns the last four bytes of code, sign-extended.
func displacement(code []byte) uint64 {
	return uint64(int64(int32(binary.LittleEndian.Uint32(code[len(code)-4:]))))
}

// registerCall reports whether code can be read as ending in any other `call r/m64`
// (ff /2): through a register or through memory at one.
func registerCall(code []byte) bool {
	for length := 2; length <= min(7, len(code)); length++ {
		inst := code[len(code)-length:]
		if inst[0] == 0xff && inst[1]>>3&7 == 2 && callLength(inst[1:]) == length {
			return true
		}
	}
	return false
}

// callLength returns the length of `ff /2` with the given ModRM byte and what
// follows it (Intel SDM volume 2, tables 2-2 and 2-3).
func callLength(modrm []byte) int {
	mod, rm := modrm[0]>>6, modrm[0]&7
	length := 2
	if mod != 3 && rm == 4 {
		length++ // SIB
		if mod == 0 && len(modrm) > 1 && modrm[1]&7 == 5 {
			length += 4
		}
	}
	switch {
	case mod == 1:
		length++
	case mod == 2, mod == 0 && rm == 5:
		length += 4
	}
	return length
}
