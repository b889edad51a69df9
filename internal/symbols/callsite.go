package symbols

import (
	"debug/elf"
	"encoding/binary"
)

// longestCall is the longest x86-64 call instruction, in bytes: prefixes, opcode,
// ModRM, SIB and a 32-bit displacement (Intel SDM volume 2, section 2.1).
const longestCall = 8

// Call is a call of a C-API function as its gate saw it.
type Call struct {
	Return   uint64 // address it returns to
	Function string
	Gate     uint64     // address of the function's gate
	Regs     [17]uint64 // registers at the gate's entry, DWARF numbering
	// ModuleAt finds the module that has an address, for one in a register; nil knows none
	// but the one that is asked about.
	ModuleAt func(address uint64) (Module, bool)
}

// TailCall reports whether the function was reached by a tail call: the call before
// the return address went elsewhere, and what it called jumped on. Then the return
// address does not lie in the function's caller.
//
// It goes by the bytes before the return address in m's file:
//   - a call to a PLT stub, or through a GOT slot, of the function itself: no tail call;
//   - a direct call to anything else, or through another function's slot: a tail
//     call;
//   - a call through a register, or a thunk that jumps through one: no tail call if the
//     register still holds the gate's address, or that of a PLT stub of the function, for
//     then that is what was called; else a tail call;
//   - a call through memory that is no slot: not known. A function's address travels
//     in tables as well, into modules that have no relocation for it.
//
// known is false when the bytes do not tell, or m's file cannot be used.
func (r *Resolver) TailCall(m Module, c Call) (tail, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	image := r.callSites(m)
	if image == nil {
		return false, false
	}
	tail, known = tailCall(image.elf, image.slots, c.Return-m.Bias, c.Function)
	if known {
		return tail, true
	}
	return r.throughRegister(m, image.elf, c)
}

// Called returns the imported function that the call before the address ret goes to, by its
// PLT stub or GOT slot. It is "" when the bytes in m's file do not tell: a call through a
// register, or of a function of the module's own.
func (r *Resolver) Called(m Module, ret uint64) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	image := r.callSites(m)
	if image == nil {
		return ""
	}
	return slotFunction(image.elf, image.slots, ret-m.Bias)
}

// callSites returns m's image with its slots, nil if call instructions can't be read in it.
func (r *Resolver) callSites(m Module) *image {
	image := r.cache.get(m)
	if image.reason != "" || image.elf.Machine != elf.EM_X86_64 {
		return nil
	}
	if image.slots == nil {
		slots, err := ReadSlots(image.elf)
		if err != nil {
			// Without the relocations no call can be told from another. An
			// empty table would call each of them a tail call.
			return nil
		}
		image.slots = slots
	}
	return image
}

// slotFunction is the function in the slot that the call before ret goes through; "" when it
// goes through none that has a name.
func slotFunction(f *elf.File, slots *Slots, ret uint64) string {
	code := bytesBefore(f, ret)
	if target, ok := directCall(f, code, ret); ok && inStubs(f, target) {
		if slot, ok := stubSlot(f, target); ok {
			return slots.Function(slot)
		}
		return ""
	}
	if slot, ok := slotCall(code, ret); ok {
		return slots.Function(slot)
	}
	return ""
}

// tailCall is TailCall for the virtual address ret. The bytes before an address can
// be read in several ways, since x86 code has no way back from an instruction to the
// one before. A reading that ends in a stub or a slot with a name is too particular to
// be chance; any other decides only when it is the only one.
func tailCall(f *elf.File, slots *Slots, ret uint64, function string) (tail, known bool) {
	code := bytesBefore(f, ret)
	direct, isDirect := directCall(f, code, ret)
	_, isSlot := slotCall(code, ret)
	if isSlot || isDirect && inStubs(f, direct) {
		called := slotFunction(f, slots, ret)
		return called != "" && called != function, called != ""
	}
	if _, isThunk := thunkRegister(f, direct); isDirect && !isThunk && !registerCall(code) {
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
