package ehframe

import "bytes"

// cie reads a common information entry behind its id; nil if it cannot be used.
func (c *cursor) cie() *cie {
	version, ok := c.u8()
	if !ok || version != 1 && version != 3 && version != 4 {
		return nil
	}
	end := bytes.IndexByte(c.data[c.at:], 0)
	if end < 0 {
		return nil
	}
	augmentation := string(c.data[c.at : c.at+end])
	c.at += end + 1
	if version == 4 {
		if _, ok := c.take(2); !ok { // address and segment size
			return nil
		}
	}
	e := &cie{encoding: formatNative}
	code, ok1 := c.uleb()
	data, ok2 := c.sleb()
	e.codeAlign, e.dataAlign = int64(code), data
	var ok3 bool
	if version == 1 {
		var column byte
		column, ok3 = c.u8()
		e.returnColumn = uint64(column)
	} else {
		e.returnColumn, ok3 = c.uleb()
	}
	if !ok1 || !ok2 || !ok3 || !c.augment(e, augmentation) {
		return nil
	}
	e.program = c.data[c.at:]
	return e
}

// augment reads the augmentation data that the letters announce.
func (c *cursor) augment(e *cie, letters string) bool {
	if letters == "" {
		return true
	}
	if letters[0] != 'z' {
		return false
	}
	e.augmented = true
	data, ok := c.block()
	if !ok {
		return false
	}
	a := cursor{data: data}
	for _, letter := range letters[1:] {
		switch letter {
		case 'R':
			e.encoding, ok = a.u8()
		case 'L':
			_, ok = a.u8()
		case 'P':
			var encoding byte
			if encoding, ok = a.u8(); ok {
				_, ok = a.value(encoding)
			}
		case 'S':
			e.signal = true
		case 'B':
		default:
			return true // what follows is not understood, and not needed
		}
		if !ok {
			return false
		}
	}
	return true
}

// function reads a frame description entry behind its id.
func (c *cursor) function(common *cie) (Function, bool) {
	start, ok := c.pointer(common.encoding, 0)
	if !ok {
		return Function{}, false
	}
	size, ok := c.value(common.encoding)
	if !ok || size == 0 || start+size < start {
		return Function{}, false
	}
	if common.augmented {
		if _, ok := c.block(); !ok {
			return Function{}, false
		}
	}
	return Function{start, start + size, common, c.data[c.at:]}, true
}
