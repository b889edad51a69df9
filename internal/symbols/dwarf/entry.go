package dwarf

import "fmt"

// entry is a debugging information entry with those attributes that matter here. One
// without a shape ends a list of children.
type entry struct {
	at    int64 // offset in .debug_info
	shape *abbreviation

	sibling, name, linkage      value
	low, high, ranges           value
	origin, specification       value
	callFile, callLine, callCol value
}

// next reads the code of the entry at the cursor and returns its shape, nil at the
// end of a list of children.
func (u *unit) next(c *cursor) *abbreviation {
	code := c.uleb()
	if code == 0 {
		return nil
	}
	shape := u.abbreviations.find(code)
	if shape == nil {
		c.fail(fmt.Errorf("no abbreviation %d", code))
	}
	return shape
}

// skip skips the attributes of an entry, not its children.
func (f format) skip(c *cursor, shape *abbreviation) {
	if shape.size != varies {
		c.skip(uint64(shape.size))
		return
	}
	for i := range shape.attributes {
		a := &shape.attributes[i]
		if size := f.size(a.form); size != varies {
			c.skip(uint64(size))
		} else {
			f.read(c, a.form, a.implicit)
		}
		if c.err != nil {
			return
		}
	}
}

// attributes reads the attributes of an entry that began at an offset.
func (f format) attributes(c *cursor, at int64, shape *abbreviation) entry {
	e := entry{at: at, shape: shape}
	for i := range shape.attributes {
		a := &shape.attributes[i]
		v := f.read(c, a.form, a.implicit)
		if c.err != nil {
			return e
		}
		switch a.name {
		case attrSibling:
			e.sibling = v
		case attrName:
			e.name = v
		case attrLinkageName, attrMIPSLinkageName:
			e.linkage = v
		case attrLowPC:
			e.low = v
		case attrHighPC:
			e.high = v
		case attrRanges:
			e.ranges = v
		case attrAbstractOrigin:
			e.origin = v
		case attrSpecification:
			e.specification = v
		case attrCallFile:
			e.callFile = v
		case attrCallLine:
			e.callLine = v
		case attrCallColumn:
			e.callCol = v
		}
	}
	return e
}

// entryAt reads the entry at an offset of .debug_info inside the unit.
func (u *unit) entryAt(at int64) (entry, error) {
	if at < u.entries || at >= u.end {
		return entry{}, fmt.Errorf("entry at %#x is outside of its unit", at)
	}
	c := u.data.cursor(u.data.sections.Info, at, u.end, nearWindow)
	shape := u.next(c)
	if shape == nil {
		return entry{}, fmt.Errorf("no entry at %#x", at)
	}
	e := u.attributes(c, at, shape)
	return e, c.err
}

// skipChildren skips the children of an entry whose attributes have been read.
func (u *unit) skipChildren(c *cursor, e *entry) {
	if to, ok := u.siblingOf(e); ok {
		c.seek(to)
		return
	}
	for depth := 1; depth > 0 && c.err == nil; {
		if shape := u.next(c); shape == nil {
			depth--
		} else {
			u.skip(c, shape)
			if shape.children {
				depth++
			}
		}
	}
}

// siblingOf returns the offset behind e's children when e tells it.
func (u *unit) siblingOf(e *entry) (int64, bool) {
	sup, at, ok := u.reference(e.sibling)
	return at, ok && !sup && at > e.at && at <= u.end
}

// reference returns the offset of .debug_info that a value refers to, in the
// supplementary file when sup is true.
func (u *unit) reference(v value) (sup bool, at int64, ok bool) {
	switch v.form {
	case formRef1, formRef2, formRef4, formRef8, formRefUdata:
		return false, u.at + int64(v.n), v.n < uint64(u.end-u.at)
	case formRefAddr:
		return false, int64(v.n), v.n < 1<<62
	case formRefSup4, formRefSup8, formGNURefAlt:
		return true, int64(v.n), v.n < 1<<62
	}
	return false, 0, false
}
