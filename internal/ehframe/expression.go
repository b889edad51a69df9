package ehframe

import (
	"encoding/binary"
	"errors"
)

var errExpression = errors.New("an expression that cannot be evaluated")

const (
	maxStack = 64
	maxSteps = 1000
)

// evaluate runs a DWARF expression over the registers of a frame: the ones that linkers
// put on PLT stubs, glibc on its signal trampoline, and compilers on realigned frames.
func evaluate(code []byte, regs *[Registers]uint64, memory Memory, initial ...uint64) (uint64, error) {
	c, stack := cursor{data: code}, append([]uint64(nil), initial...)
	for steps := 0; c.at < len(c.data); steps++ {
		op, _ := c.u8()
		var ok bool
		if stack, ok = operate(&c, op, stack, regs, memory); !ok || len(stack) > maxStack || steps > maxSteps {
			return 0, errExpression
		}
	}
	if len(stack) == 0 {
		return 0, errExpression
	}
	return stack[len(stack)-1], nil
}

// operate executes one operation, DWARF 4 section 2.5 (DW_OP_*).
func operate(c *cursor, op byte, stack []uint64, regs *[Registers]uint64, memory Memory) ([]uint64, bool) {
	n := len(stack)
	switch {
	case op >= 0x30 && op <= 0x4f: // lit0 to lit31
		return append(stack, uint64(op-0x30)), true
	case op >= 0x70 && op <= 0x70+16: // breg0 to breg16
		d, ok := c.sleb()
		return append(stack, regs[op-0x70]+uint64(d)), ok
	case op >= 0x08 && op <= 0x0f: // const1u to const8s
		return constant(c, op, stack)
	case op == 0x10: // constu
		v, ok := c.uleb()
		return append(stack, v), ok
	case op == 0x11: // consts
		v, ok := c.sleb()
		return append(stack, uint64(v)), ok
	case op == 0x12 && n > 0: // dup
		return append(stack, stack[n-1]), true
	case op == 0x13 && n > 0: // drop
		return stack[:n-1], true
	case op == 0x14 && n > 1: // over
		return append(stack, stack[n-2]), true
	case op == 0x16 && n > 1: // swap
		stack[n-1], stack[n-2] = stack[n-2], stack[n-1]
		return stack, true
	case op == 0x06 && n > 0: // deref
		v, err := memory.Word(stack[n-1])
		stack[n-1] = v
		return stack, err == nil
	case op == 0x23 && n > 0: // plus_uconst
		v, ok := c.uleb()
		stack[n-1] += v
		return stack, ok
	case op == 0x96: // nop
		return stack, true
	}
	if n < 2 {
		return nil, false
	}
	v, ok := binaryOp(op, stack[n-2], stack[n-1])
	return append(stack[:n-2], v), ok
}

func constant(c *cursor, op byte, stack []uint64) ([]uint64, bool) {
	size := 1 << ((op - 0x08) / 2)
	b, ok := c.take(size)
	if !ok {
		return nil, false
	}
	var wide [8]byte
	copy(wide[:], b)
	v := binary.LittleEndian.Uint64(wide[:])
	if op&1 != 0 { // signed
		shift := uint(64 - 8*size)
		v = uint64(int64(v<<shift) >> shift)
	}
	return append(stack, v), true
}

func binaryOp(op byte, a, b uint64) (uint64, bool) {
	truth := func(t bool) (uint64, bool) {
		if t {
			return 1, true
		}
		return 0, true
	}
	switch op {
	case 0x1a: // and
		return a & b, true
	case 0x1c: // minus
		return a - b, true
	case 0x1e: // mul
		return a * b, true
	case 0x21: // or
		return a | b, true
	case 0x22: // plus
		return a + b, true
	case 0x24: // shl
		return a << (b & 63), b < 64
	case 0x25: // shr
		return a >> (b & 63), b < 64
	case 0x27: // xor
		return a ^ b, true
	case 0x29: // eq
		return truth(a == b)
	case 0x2a: // ge
		return truth(int64(a) >= int64(b))
	case 0x2b: // gt
		return truth(int64(a) > int64(b))
	case 0x2c: // le
		return truth(int64(a) <= int64(b))
	case 0x2d: // lt
		return truth(int64(a) < int64(b))
	case 0x2e: // ne
		return truth(a != b)
	}
	return 0, false
}
