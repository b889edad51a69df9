package ehframe

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Registers, numbered as DWARF does (System V ABI AMD64, figure 3.36). PC stands in for the
// return address column.
const (
	RBP       = 6
	SP        = 7
	PC        = 16
	Registers = 17
)

type ruleKind byte

const (
	same      ruleKind = iota // not changed by the function, or not said
	undefined                 // lost
	offset                    // at CFA + n
	valOffset                 // CFA + n itself
	register                  // in another register
	expr                      // at the address that an expression gives
	valExpr                   // what an expression gives
)

type rule struct {
	kind ruleKind
	n    int64
	expr []byte
}

// rules say how to come from a function's registers to its caller's.
type rules struct {
	cfaRegister uint64
	cfaOffset   int64
	cfaExpr     []byte // if it is not nil, the CFA is what it gives
	of          [Registers]rule
}

var errProgram = errors.New("call frame instructions that are not known")

const maxRemembered = 16

// machine executes call frame instructions.
type machine struct {
	cie        *cie
	loc, until uint64
	rules      rules
	initial    rules
	remembered []rules
}

// rulesAt are the rules that hold at a virtual address of the function.
func (f *Function) rulesAt(addr uint64) (rules, error) {
	m := machine{cie: f.cie, loc: f.Start, until: ^uint64(0)}
	if err := m.run(f.cie.program); err != nil {
		return rules{}, err
	}
	m.initial, m.until = m.rules, addr
	if err := m.run(f.program); err != nil {
		return rules{}, err
	}
	return m.rules, nil
}

// run executes instructions until the location would pass the address asked for.
func (m *machine) run(program []byte) error {
	c := cursor{data: program}
	for c.at < len(c.data) {
		op, _ := c.u8()
		var ok bool
		switch op >> 6 {
		case 1: // DW_CFA_advance_loc
			if m.advance(uint64(op & 0x3f)) {
				return nil
			}
			continue
		case 2: // DW_CFA_offset
			var n uint64
			n, ok = c.uleb()
			m.set(uint64(op&0x3f), rule{kind: offset, n: int64(n) * m.cie.dataAlign})
		case 3: // DW_CFA_restore
			ok = true
			m.restore(uint64(op & 0x3f))
		default:
			var done bool
			if done, ok = m.step(&c, op); done {
				return nil
			}
		}
		if !ok {
			return fmt.Errorf("%w: %#x", errProgram, op)
		}
	}
	return nil
}

func (m *machine) advance(delta uint64) (done bool) {
	m.loc += delta * uint64(m.cie.codeAlign)
	return m.loc > m.until
}

func (m *machine) set(column uint64, r rule) {
	if column == m.cie.returnColumn {
		column = PC
	}
	if column < Registers {
		m.rules.of[column] = r
	}
}

func (m *machine) restore(column uint64) {
	if column == m.cie.returnColumn {
		column = PC
	}
	if column < Registers {
		m.rules.of[column] = m.initial.of[column]
	}
}

// The instructions with an opcode of their own, DWARF 4 table 7.23 (DW_CFA_*).
const (
	cfaNop             = 0x00
	cfaSetLoc          = 0x01
	cfaAdvance1        = 0x02
	cfaAdvance2        = 0x03
	cfaAdvance4        = 0x04
	cfaOffsetExtended  = 0x05
	cfaRestoreExtended = 0x06
	cfaUndefined       = 0x07
	cfaSameValue       = 0x08
	cfaRegister        = 0x09
	cfaRemember        = 0x0a
	cfaRestoreState    = 0x0b
	cfaDef             = 0x0c
	cfaDefRegister     = 0x0d
	cfaDefOffset       = 0x0e
	cfaDefExpression   = 0x0f
	cfaExpression      = 0x10
	cfaOffsetExtSF     = 0x11
	cfaDefSF           = 0x12
	cfaDefOffsetSF     = 0x13
	cfaValOffset       = 0x14
	cfaValOffsetSF     = 0x15
	cfaValExpression   = 0x16
	cfaGNUArgsSize     = 0x2e
)

// step executes one of them.
func (m *machine) step(c *cursor, op byte) (done, ok bool) {
	switch op {
	case cfaNop:
		return false, true
	case cfaSetLoc:
		loc, ok := c.pointer(m.cie.encoding, 0)
		m.loc = loc
		return loc > m.until, ok && m.cie.encoding&relationMask == relationNone
	case cfaAdvance1, cfaAdvance2, cfaAdvance4:
		b, ok := c.take(1 << (op - cfaAdvance1))
		if !ok {
			return false, false
		}
		var wide [8]byte
		copy(wide[:], b)
		return m.advance(binary.LittleEndian.Uint64(wide[:])), true
	case cfaRemember:
		m.remembered = append(m.remembered, m.rules)
		return false, len(m.remembered) <= maxRemembered
	case cfaRestoreState:
		if len(m.remembered) == 0 {
			return false, false
		}
		m.rules = m.remembered[len(m.remembered)-1]
		m.remembered = m.remembered[:len(m.remembered)-1]
		return false, true
	case cfaDef, cfaDefRegister, cfaDefOffset, cfaDefExpression, cfaDefSF, cfaDefOffsetSF:
		return false, m.define(c, op)
	case cfaGNUArgsSize:
		_, ok := c.uleb()
		return false, ok
	}
	return false, m.change(c, op)
}

// define changes the rule of the CFA.
func (m *machine) define(c *cursor, op byte) (ok bool) {
	r := &m.rules
	switch op {
	case cfaDef, cfaDefRegister, cfaDefSF:
		if r.cfaRegister, ok = c.uleb(); !ok {
			return false
		}
		r.cfaExpr = nil
	}
	switch op {
	case cfaDef, cfaDefOffset:
		var n uint64
		n, ok = c.uleb()
		r.cfaOffset = int64(n)
	case cfaDefSF, cfaDefOffsetSF:
		var n int64
		n, ok = c.sleb()
		r.cfaOffset = n * m.cie.dataAlign
	case cfaDefExpression:
		r.cfaExpr, ok = c.block()
	}
	return ok
}

// change changes the rule of a register.
func (m *machine) change(c *cursor, op byte) (ok bool) {
	column, ok := c.uleb()
	if !ok {
		return false
	}
	var r rule
	switch op {
	case cfaOffsetExtended, cfaValOffset:
		var n uint64
		n, ok = c.uleb()
		r = rule{kind: offset, n: int64(n) * m.cie.dataAlign}
	case cfaOffsetExtSF, cfaValOffsetSF:
		var n int64
		n, ok = c.sleb()
		r = rule{kind: offset, n: n * m.cie.dataAlign}
	case cfaRestoreExtended:
		m.restore(column)
		return true
	case cfaUndefined:
		r.kind = undefined
	case cfaSameValue:
	case cfaRegister:
		var n uint64
		n, ok = c.uleb()
		r = rule{kind: register, n: int64(n)}
	case cfaExpression, cfaValExpression:
		r.kind = expr
		r.expr, ok = c.block()
	default:
		return false
	}
	switch op {
	case cfaValOffset, cfaValOffsetSF:
		r.kind = valOffset
	case cfaValExpression:
		r.kind = valExpr
	}
	m.set(column, r)
	return ok
}
