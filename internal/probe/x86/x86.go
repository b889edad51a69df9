// Package x86 tells where x86-64 instructions begin and end. It names none: a table of
// lengths is small enough to be held against a disassembler over whole libraries, and knows
// VEX and EVEX instructions, which golang.org/x/arch does not.
//
// Source: Intel SDM volume 2, sections 2.1 to 2.7 and appendix A, in 64-bit mode.
package x86

// Instruction is one instruction's shape.
type Instruction struct {
	Len    int
	Map    int  // 0: one-byte opcodes; 1: behind 0F; 2: behind 0F38; 3: behind 0F3A
	Op     byte // the opcode byte
	ModRM  byte // 0 if there is none
	Vector bool // encoded by VEX or EVEX
	Wide   bool // REX.W
	// Relative is the offset of a displacement from the instruction's end: that of a branch,
	// or of an operand at %rip. 0: there is none.
	Relative int
}

// maxLen is the length that the CPU takes at most.
const maxLen = 15

// Decode reads the instruction that code begins with; false if that is none, or none that
// is known.
func Decode(code []byte) (Instruction, bool) {
	d := decoder{code: code[:min(len(code), maxLen)]}
	if !d.prefixes() || !d.opcode() {
		return Instruction{}, false
	}
	d.Len = d.at
	return d.Instruction, true
}

type decoder struct {
	Instruction
	code              []byte
	at                int
	operand16, addr32 bool
	repne             bool
	failed            bool
}

func (d *decoder) u8() byte {
	if d.at >= len(d.code) {
		d.failed = true
		return 0
	}
	d.at++
	return d.code[d.at-1]
}

func (d *decoder) skip(n int) bool {
	d.at += n
	return !d.failed && d.at <= len(d.code)
}

func (d *decoder) prefixes() bool {
	for ; d.at < len(d.code); d.at++ {
		switch d.code[d.at] {
		case 0x66:
			d.operand16 = true
		case 0x67:
			d.addr32 = true
		case 0xf2:
			d.repne = true
		case 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65:
		default:
			if d.code[d.at]&0xf0 == 0x40 {
				d.Wide = d.code[d.at]&8 != 0
				d.at++
			}
			return true
		}
	}
	return false
}

// opcode reads the opcode, and what its table says of operands.
func (d *decoder) opcode() bool {
	op := d.u8()
	switch op {
	case 0xc5:
		d.u8()
		return d.vector(1)
	case 0xc4:
		m := int(d.u8() & 0x1f)
		d.u8()
		return d.vector(m)
	case 0x62:
		m := int(d.u8() & 7)
		d.skip(2)
		return d.vector(m)
	case 0x0f:
	default:
		d.Op = op
		return d.operands(oneByte[op])
	}
	op = d.u8()
	switch op {
	case 0x38:
		d.Map, d.Op = 2, d.u8()
		return d.operands(modRM)
	case 0x3a:
		d.Map, d.Op = 3, d.u8()
		return d.operands(modRM | imm8)
	}
	d.Map, d.Op = 1, op
	if op == 0x78 && (d.operand16 || d.repne) { // extrq, insertq of AMD
		return false
	}
	return d.operands(twoByte[op])
}

// vector reads an instruction behind a VEX or EVEX prefix, of an opcode map.
func (d *decoder) vector(opcodes int) bool {
	d.Vector, d.Map, d.Op = true, opcodes, d.u8()
	switch opcodes {
	case 1:
		if d.Op == 0x77 { // vzeroupper, vzeroall
			return !d.failed
		}
		return d.operands(modRM | twoByte[d.Op]&imm8)
	case 2, 5, 6: // 5 and 6: half-precision floating point
		return d.operands(modRM)
	case 3:
		return d.operands(modRM | imm8)
	}
	return false
}

func (d *decoder) operands(shape uint16) bool {
	if d.failed || shape&invalid != 0 {
		return false
	}
	if shape&modRM != 0 && !d.modRM() {
		return false
	}
	if shape&group3 != 0 && d.ModRM>>3&7 < 2 { // test has an immediate, its neighbours not
		shape |= imm8
		if d.Op == 0xf7 {
			shape ^= imm8 | immZ
		}
	}
	size := 0
	if shape&imm8 != 0 {
		size++
	}
	if shape&imm16 != 0 {
		size += 2
	}
	switch {
	case shape&immZ != 0 && d.operand16 && !d.Wide:
		size += 2
	case shape&immZ != 0:
		size += 4
	case shape&immV != 0 && d.Wide:
		size += 8
	case shape&immV != 0 && d.operand16:
		size += 2
	case shape&immV != 0:
		size += 4
	case shape&offs != 0 && d.addr32:
		size += 4
	case shape&offs != 0:
		size += 8
	case shape&rel32 != 0:
		if d.operand16 && !d.Wide { // Intel and AMD do not agree on its length
			return false
		}
		d.Relative = d.at
		size += 4
	}
	return d.skip(size)
}

// modRM reads the byte and what it asks for (tables 2-2 and 2-3).
func (d *decoder) modRM() bool {
	d.ModRM = d.u8()
	mod, rm := d.ModRM>>6, d.ModRM&7
	if mod == 3 {
		return !d.failed
	}
	size := 0
	if rm == 4 {
		if sib := d.u8(); mod == 0 && sib&7 == 5 {
			size = 4
		}
	}
	switch {
	case mod == 1:
		size = 1
	case mod == 2:
		size = 4
	case mod == 0 && rm == 5:
		if !d.addr32 {
			d.Relative = d.at
		}
		size = 4
	}
	return d.skip(size)
}
