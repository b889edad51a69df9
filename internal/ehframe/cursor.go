package ehframe

import "encoding/binary"

// cursor reads a table from a position on. Its methods say false at the end of the data.
type cursor struct {
	data []byte
	addr uint64 // virtual address of data
	at   int
}

func (c *cursor) take(n int) ([]byte, bool) {
	if n < 0 || n > len(c.data)-c.at {
		return nil, false
	}
	c.at += n
	return c.data[c.at-n : c.at], true
}

func (c *cursor) u8() (byte, bool) {
	b, ok := c.take(1)
	if !ok {
		return 0, false
	}
	return b[0], true
}

func (c *cursor) u32() (uint32, bool) {
	b, ok := c.take(4)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b), true
}

// length reads an entry's: 32 bits, or 64 behind all ones.
func (c *cursor) length() (uint64, bool) {
	n, ok := c.u32()
	if n != 0xffffffff {
		return uint64(n), ok
	}
	b, ok := c.take(8)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b), true
}

func (c *cursor) uleb() (uint64, bool) {
	var v uint64
	for shift := uint(0); shift < 64; shift += 7 {
		b, ok := c.u8()
		if !ok {
			return 0, false
		}
		v |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			return v, true
		}
	}
	return 0, false
}

func (c *cursor) sleb() (int64, bool) {
	var v int64
	for shift := uint(0); shift < 64; shift += 7 {
		b, ok := c.u8()
		if !ok {
			return 0, false
		}
		v |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			if b&0x40 != 0 && shift < 57 {
				v |= -1 << (shift + 7)
			}
			return v, true
		}
	}
	return 0, false
}

// block reads a length and as many bytes.
func (c *cursor) block() ([]byte, bool) {
	n, ok := c.uleb()
	if !ok || n > uint64(len(c.data)) {
		return nil, false
	}
	return c.take(int(n))
}

// Encodings of addresses, DW_EH_PE_*.
const (
	formatMask   = 0x0f
	formatU16    = 0x02
	formatU32    = 0x03
	formatU64    = 0x04
	formatS16    = 0x0a
	formatS32    = 0x0b
	formatS64    = 0x0c
	formatNative = 0x00
	relationMask = 0x70
	relationNone = 0x00
	relationPC   = 0x10
	relationData = 0x30
	omitted      = 0xff
)

// value reads a number in a format.
func (c *cursor) value(format byte) (uint64, bool) {
	size := map[byte]int{
		formatNative: 8, formatU16: 2, formatU32: 4, formatU64: 8, formatS16: 2, formatS32: 4, formatS64: 8,
	}[format&formatMask]
	b, ok := c.take(size)
	if !ok || size == 0 {
		return 0, false
	}
	switch format & formatMask {
	case formatU16:
		return uint64(binary.LittleEndian.Uint16(b)), true
	case formatU32:
		return uint64(binary.LittleEndian.Uint32(b)), true
	case formatS16:
		return uint64(int64(int16(binary.LittleEndian.Uint16(b)))), true
	case formatS32:
		return uint64(int64(int32(binary.LittleEndian.Uint32(b)))), true
	}
	return binary.LittleEndian.Uint64(b), true
}

// pointer reads an encoded address. data is what a data-relative one counts from.
func (c *cursor) pointer(encoding byte, data uint64) (uint64, bool) {
	here := c.addr + uint64(c.at)
	v, ok := c.value(encoding)
	switch encoding & relationMask {
	case relationNone:
	case relationPC:
		v += here
	case relationData:
		v += data
	default:
		return 0, false
	}
	return v, ok && encoding != omitted && encoding&0x80 == 0
}
