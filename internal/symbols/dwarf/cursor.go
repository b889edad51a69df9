package dwarf

import (
	"bytes"
	"encoding/binary"
	"errors"
)

const (
	nearWindow = 256      // for one entry or list
	farWindow  = 64 << 10 // for a unit from its beginning
	fillCost   = 4 << 10  // least that one read takes off the budget, in bytes
	maxString  = 64 << 10 // longest string read, in bytes
)

var errShort = errors.New("runs behind its end")

// cursor reads a section forward through a window. After the first error every read
// gives zero, so that a caller may look at err once, at the end of a record.
type cursor struct {
	data    *Data
	section Section
	base    int64  // section offset of window[0]
	end     int64  // section offset that reads stop at
	window  []byte // what was read, never beyond end
	next    int    // index in window of the next byte
	size    int    // bytes to read at a time
	buffer  []byte
	err     error
}

// cursor returns a cursor over the part [at, end) of a section.
func (d *Data) cursor(s Section, at, end int64, window int) *cursor {
	c := &cursor{data: d, section: s, base: at, end: min(end, s.Size), size: window}
	if s.ReaderAt == nil || at < 0 || at > c.end {
		c.fail(errShort)
	}
	return c
}

// at is the section offset of the next byte.
func (c *cursor) at() int64 { return c.base + int64(c.next) }

// more reports whether there is something left to read.
func (c *cursor) more() bool { return c.err == nil && c.at() < c.end }

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
	c.base, c.window, c.next = c.at(), nil, 0
	c.end = c.base
}

// fill makes sure that the window holds n bytes from the next on.
func (c *cursor) fill(n int) bool {
	if len(c.window)-c.next >= n {
		return true
	}
	at := c.at()
	if c.err != nil || int64(n) > c.end-at {
		c.fail(errShort)
		return false
	}
	size := int(min(int64(max(c.size, n)), c.end-at))
	c.data.budget -= int64(max(size, fillCost))
	if c.data.budget < 0 {
		c.fail(errTooMuch)
		return false
	}
	if cap(c.buffer) < size {
		c.buffer = make([]byte, size)
	}
	c.base, c.next, c.window = at, 0, nil
	if _, err := c.section.ReadAt(c.buffer[:size], at); err != nil {
		c.fail(err)
		return false
	}
	c.window = c.buffer[:size]
	return true
}

// seek moves to a section offset at or behind the present one.
func (c *cursor) seek(to int64) {
	if at := c.at(); to < at {
		c.fail(errShort)
	} else {
		c.skip(uint64(to - at))
	}
}

func (c *cursor) skip(n uint64) {
	if n <= uint64(len(c.window)-c.next) {
		c.next += int(n)
		return
	}
	at := c.at()
	if n > uint64(c.end-at) {
		c.fail(errShort)
		return
	}
	c.base, c.window, c.next = at+int64(n), nil, 0
}

func (c *cursor) u8() uint8 {
	if c.next < len(c.window) {
		c.next++
		return c.window[c.next-1]
	}
	return uint8(c.uint(1))
}

// uint reads an unsigned integer of 1 to 8 bytes.
func (c *cursor) uint(size int) uint64 {
	if !c.fill(size) {
		return 0
	}
	b := c.window[c.next : c.next+size]
	c.next += size
	switch size {
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	case 8:
		return binary.LittleEndian.Uint64(b)
	}
	var v uint64
	for i, x := range b {
		v |= uint64(x) << (8 * i)
	}
	return v
}

// uleb reads an unsigned LEB128 number (section 7.6). Bits beyond 64 are dropped.
func (c *cursor) uleb() uint64 {
	b := c.u8()
	if b < 0x80 {
		return uint64(b)
	}
	v := uint64(b & 0x7f)
	for shift := 7; b >= 0x80 && c.err == nil; shift += 7 {
		b = c.u8()
		v |= uint64(b&0x7f) << min(shift, 64)
	}
	return v
}

// sleb reads a signed LEB128 number.
func (c *cursor) sleb() int64 {
	var v uint64
	for shift := 0; ; shift += 7 {
		b := c.u8()
		v |= uint64(b&0x7f) << min(shift, 64)
		if b < 0x80 {
			if b&0x40 != 0 && shift+7 < 64 {
				v |= ^uint64(0) << (shift + 7)
			}
			return int64(v)
		}
		if c.err != nil {
			return 0
		}
	}
}

// skipLEB skips a LEB128 number.
func (c *cursor) skipLEB() {
	for c.u8() >= 0x80 && c.err == nil {
	}
}

// skipString skips a string with its NUL.
func (c *cursor) skipString() {
	for c.fill(1) {
		rest := c.window[c.next:]
		if i := bytes.IndexByte(rest, 0); i >= 0 {
			c.next += i + 1
			return
		}
		c.next += len(rest)
	}
}

// stringAt reads the string at an offset; "" when it has no end there.
func (d *Data) stringAt(s Section, at uint64) string {
	if s.ReaderAt == nil || at >= uint64(s.Size) {
		return ""
	}
	for size := int64(64); size <= maxString; size *= 8 {
		c := d.cursor(s, int64(at), s.Size, int(size))
		if !c.fill(1) {
			return ""
		}
		if i := bytes.IndexByte(c.window, 0); i >= 0 {
			return string(c.window[:i])
		}
		if c.base+int64(len(c.window)) == s.Size {
			break
		}
	}
	return ""
}
