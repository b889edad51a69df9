package dwarf

import (
	"errors"
	"fmt"
)

// maxAttributes is how many attributes one abbreviation table may have, 16 bytes
// each. Large units have some thousand.
const maxAttributes = 1 << 20

func errForm[N uint16 | uint64](form N) error { return fmt.Errorf("unknown form %#x", form) }

// abbreviation is the shape of an entry (section 7.5.3).
type abbreviation struct {
	tag        uint16
	children   bool
	code       bool  // it has DW_AT_low_pc or DW_AT_ranges
	sibling    bool  // it has DW_AT_sibling
	size       int32 // bytes that all attributes take, or varies
	attributes []attribute
}

type attribute struct {
	name, form uint16
	implicit   int64
}

// abbreviations is a unit's table. Compilers number the codes from 1 without gaps;
// others stand in sparse.
type abbreviations struct {
	dense      []abbreviation
	sparse     map[uint64]*abbreviation
	attributes int
}

func (t *abbreviations) find(code uint64) *abbreviation {
	if code-1 < uint64(len(t.dense)) {
		return &t.dense[code-1]
	}
	return t.sparse[code]
}

// abbreviations reads the table at an offset of .debug_abbrev.
func (d *Data) abbreviations(f format, at uint64) (*abbreviations, error) {
	t := &abbreviations{sparse: map[uint64]*abbreviation{}}
	err := d.eachAbbreviation(f, at, func(code uint64, a abbreviation) bool {
		if code == uint64(len(t.dense))+1 {
			t.dense = append(t.dense, a)
		} else if t.find(code) == nil {
			t.sparse[code] = &a
		}
		t.attributes += len(a.attributes) + 4
		return t.attributes < maxAttributes
	})
	if err == nil && t.attributes >= maxAttributes {
		err = errors.New("too many abbreviations")
	}
	return t, err
}

// abbreviation reads the one abbreviation with the given code.
func (d *Data) abbreviation(f format, at, code uint64) (found *abbreviation, err error) {
	err = d.eachAbbreviation(f, at, func(c uint64, a abbreviation) bool {
		if c == code {
			found = &a
		}
		return c != code
	})
	if err == nil && found == nil {
		err = fmt.Errorf("no abbreviation %d", code)
	}
	return found, err
}

// eachAbbreviation calls visit for the abbreviations of the table at an offset until
// it returns false.
func (d *Data) eachAbbreviation(f format, at uint64, visit func(code uint64, a abbreviation) bool) error {
	if at > uint64(d.sections.Abbrev.Size) {
		return errShort
	}
	c := d.cursor(d.sections.Abbrev, int64(at), d.sections.Abbrev.Size, 16*nearWindow)
	for c.more() {
		code := c.uleb()
		if code == 0 {
			break
		}
		a := abbreviation{tag: uint16(c.uleb()), children: c.u8() != 0}
		if !a.readAttributes(c, f) {
			return errors.Join(c.err, errors.New("too many attributes"))
		}
		if c.err != nil || !visit(code, a) {
			break
		}
	}
	return c.err
}

// readAttributes reports false when there are too many.
func (a *abbreviation) readAttributes(c *cursor, f format) bool {
	for c.err == nil {
		name, form := c.uleb(), c.uleb()
		if name == 0 && form == 0 {
			break
		}
		if len(a.attributes) >= maxAttributes {
			return false
		}
		next := attribute{name: uint16(name), form: uint16(form)}
		if name > 0xffff {
			next.name = 0
		}
		if form > 0xffff {
			c.fail(errForm(form))
		}
		if form == formImplicitConst {
			next.implicit = c.sleb()
		}
		switch next.name {
		case attrLowPC, attrRanges:
			a.code = true
		case attrSibling:
			a.sibling = true
		}
		if size := f.size(next.form); size == varies || a.size == varies {
			a.size = varies
		} else {
			a.size += int32(size)
		}
		a.attributes = append(a.attributes, next)
	}
	return true
}
