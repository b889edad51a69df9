package dwarf

import "math"

// lineProgram is the state machine that makes a line table's rows (section 6.2.2).
// Views, discriminators and statement marks do not matter here. It runs in one of two
// ways: over the whole program to index its sequences, or over one sequence to find
// the row of an address.
type lineProgram struct {
	*cursor
	table  *lineTable
	index  bool
	wanted uint64   // the address to find
	found  foundRow // the last row at or below wanted
	over   bool

	addr, file, line, column uint64
	low                      uint64 // address of the present sequence's first row
	rows                     bool   // the sequence has one
	begin                    int64  // offset of its first opcode
}

// foundRow is a source position.
type foundRow struct {
	ok           bool
	file         uint64
	line, column int
}

// run runs the program until it is over, or to the first error.
func (p *lineProgram) run() {
	t := p.table
	p.reset()
	for !p.over && p.more() && p.fill(1) {
		opcode := p.window[p.next]
		p.next++
		if opcode >= t.opcodeBase {
			p.addr += t.addrBy[opcode]
			p.line += uint64(int64(t.lineBy[opcode]))
			p.row()
			continue
		}
		switch opcode {
		case lnsExtended:
			p.extended()
		case lnsCopy:
			p.row()
		case lnsAdvancePC:
			p.addr += t.minLength * p.uleb()
		case lnsAdvanceLine:
			p.line += uint64(p.sleb())
		case lnsSetFile:
			p.file = p.uleb()
		case lnsSetColumn:
			p.column = p.uleb()
		case lnsConstAddPC:
			p.addr += t.addrBy[255]
		case lnsFixedAdvancePC:
			p.addr += p.uint(2)
		default:
			for range t.operands[opcode] {
				p.skipLEB()
			}
		}
	}
}

func (p *lineProgram) reset() {
	p.addr, p.file, p.line, p.column = 0, 1, 1, 0
	p.rows, p.begin = false, p.at()
}

// extended runs an opcode that tells its length.
func (p *lineProgram) extended() {
	length := p.uleb()
	if length == 0 || length > uint64(p.end-p.at()) {
		p.fail(errShort)
		return
	}
	end := p.at() + int64(length)
	switch p.u8() {
	case lneEndSequence:
		p.seek(end)
		p.endSequence()
	case lneSetAddress:
		p.addr = p.uint(min(int(length)-1, 8))
	case lneDefineFile:
		if p.index && len(p.table.files) < maxFiles {
			name := value{formString, uint64(p.at())}
			p.skipString()
			p.table.addFile(p.cursor, name)
		}
	}
	p.seek(end)
}

// row makes a row. Of several at one address the last counts; an address above the
// one that is wanted ends the search.
func (p *lineProgram) row() {
	if !p.rows {
		p.rows, p.low = true, p.addr
	}
	if p.index {
		return
	}
	if p.addr > p.wanted {
		p.over = true
		return
	}
	p.found = foundRow{ok: true, file: p.file}
	if p.line <= math.MaxInt32 {
		p.found.line = int(p.line)
	}
	if p.column <= math.MaxInt32 {
		p.found.column = int(p.column)
	}
}

// endSequence keeps where the sequence is, unless its code was discarded.
func (p *lineProgram) endSequence() {
	if !p.index {
		p.over = true
		return
	}
	if p.rows && p.low != 0 && p.low < p.addr {
		p.table.sequences = append(p.table.sequences, sequence{p.low, p.addr, p.begin})
	}
	p.over = len(p.table.sequences) >= maxSequences
	p.reset()
}
