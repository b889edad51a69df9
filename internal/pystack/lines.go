package pystack

// The tables that map an instruction to its line. Each function takes the table, the
// instruction's offset in bytes and the code object's first line, and returns the line or 0
// for none. As in PyCode_Addr2Line, an offset before the first instruction is the first line.

// lnotab reads co_lnotab of 3.8 and 3.9: pairs of an offset's increase and a line's signed
// increase (Objects/lnotab_notes.txt).
func lnotab(table []byte, offset int64, first int) int {
	line, address := first, int64(0)
	for ; len(table) >= 2; table = table[2:] {
		if address += int64(table[0]); address > offset {
			break
		}
		line += int(int8(table[1]))
	}
	return line
}

// lineTable reads co_linetable of 3.10: pairs of a range's length and its line's signed
// increase, -128 for a range without a line (PEP 626, Objects/lnotab_notes.txt).
func lineTable(table []byte, offset int64, first int) int {
	if offset < 0 {
		return first
	}
	const noLine = -128
	line, end := first, int64(0)
	for ; len(table) >= 2; table = table[2:] {
		end += int64(table[0])
		delta := int(int8(table[1]))
		if delta != noLine {
			line += delta
		}
		if offset < end {
			if delta == noLine {
				return 0
			}
			return line
		}
	}
	return 0
}

// The forms of an entry of 3.11's location table (Objects/locations.md; enum
// _PyCodeLocationInfoKind in Include/cpython/code.h).
const (
	oneLine   = 10 // to 12: the line's increase is form - 10
	noColumns = 13
	longForm  = 14
	noneForm  = 15
)

// locationTable reads co_linetable since 3.11: entries of a first byte with the top bit set,
// a form and a length in code units, and of bytes without that bit.
func locationTable(table []byte, offset int64, first int) int {
	if offset < 0 {
		return first
	}
	line, end := first, int64(0)
	for len(table) > 0 {
		head := table[0]
		form := head >> 3 & 15
		end += int64(head&7+1) * codeUnit
		switch {
		case form >= oneLine && form < noColumns:
			line += int(form) - oneLine
		case form == noColumns || form == longForm:
			line += signedVarint(table[1:])
		}
		if offset < end {
			if form == noneForm {
				return 0
			}
			return line
		}
		for table = table[1:]; len(table) > 0 && table[0]&0x80 == 0; {
			table = table[1:]
		}
	}
	return 0
}

// signedVarint reads six bits a byte, the lowest first; 0x40 says that one more follows. The
// lowest bit of the whole is the sign.
func signedVarint(p []byte) int {
	var value uint32
	for i, b := range p {
		if i*6 >= 32 {
			break
		}
		value |= uint32(b&0x3f) << (6 * i)
		if b&0x40 == 0 {
			break
		}
	}
	if value&1 != 0 {
		return -int(value >> 1)
	}
	return int(value >> 1)
}
