package dwarf

import (
	"errors"
	"fmt"
	"sort"
)

// maxUnits is how many units one file may have, 40 bytes each.
const maxUnits = 2 << 20

// header is a unit's header (section 7.5.1) and where its entries are.
type header struct {
	at, end, entries int64 // offsets in .debug_info
	abbrev           uint64
	format
}

// unit is a unit that is being read.
type unit struct {
	header
	data  *Data
	entry entry // its root
	// Attributes of the root.
	stmtList, compDir, language, dwoName   value
	strOffsetsBase, addrBase, rnglistsBase uint64
	oldRangesBase                          uint64 // of a split unit's lists in .debug_ranges
	dwoID                                  uint64 // what a skeleton and its split unit share

	abbreviations *abbreviations // nil when only the root was read
	functions     []function
	functionsRead functionDepth
	lines         *lineTable
}

// readHeaders fills in d.units. Type units are left out: they hold no code.
func (d *Data) readHeaders() error {
	info := d.sections.Info
	for at := int64(0); at < info.Size; {
		h, holdsCode, err := d.readHeader(at)
		if err != nil {
			return fmt.Errorf("unit at %#x: %w", at, err)
		}
		at = h.end
		if !holdsCode {
			continue
		}
		if len(d.units) >= maxUnits {
			return errors.New("too many units")
		}
		d.units = append(d.units, h)
	}
	return nil
}

func (d *Data) readHeader(at int64) (h header, holdsCode bool, err error) {
	c := d.cursor(d.sections.Info, at, d.sections.Info.Size, 40)
	h.at = at
	length, offsetSize := c.length()
	h.offsetSize = offsetSize
	if c.err != nil || length > uint64(c.end-c.at()) {
		return h, false, errShort
	}
	h.end = c.at() + int64(length)
	if length == 0 { // padding
		return h, false, nil
	}
	h.version = uint8(min(c.uint(2), 255))
	kind := uint8(unitCompile)
	switch {
	case h.version >= 2 && h.version <= 4:
		h.abbrev = c.uint(int(offsetSize))
		h.addrSize = c.u8()
	case h.version == 5:
		kind = c.u8()
		h.addrSize = c.u8()
		h.abbrev = c.uint(int(offsetSize))
		if kind == unitSkeleton || kind == unitSplitCompile {
			c.skip(8) // dwo_id
		}
	default: // from the future: its length is still good
		return h, false, c.err
	}
	h.entries = c.at()
	readable := (h.addrSize == 8 || h.addrSize == 4) && h.entries <= h.end
	return h, readable && kind != unitType && kind != unitSplitType, c.err
}

// length reads an initial length (section 7.4).
func (c *cursor) length() (length uint64, offsetSize uint8) {
	length = c.uint(4)
	if length == 0xffffffff {
		return c.uint(8), 8
	}
	return length, 4
}

// root reads the root entry of unit i and nothing else of it.
func (d *Data) root(i int) (*unit, error) {
	u := &unit{header: d.units[i], data: d}
	c := d.cursor(d.sections.Info, u.entries, u.end, nearWindow)
	code := c.uleb()
	if c.err != nil || code == 0 {
		return u, c.err
	}
	shape, err := d.abbreviation(u.format, u.abbrev, code)
	if err != nil {
		return nil, err
	}
	attributes := c.at()
	u.entry = u.attributes(c, u.entries, shape)
	if c.err != nil {
		return nil, c.err
	}
	if u.version == 5 && u.entries-u.at >= 20 { // a skeleton's or a split unit's header
		u.dwoID = d.cursor(d.sections.Info, u.entries-8, u.entries, 8).uint(8)
	}
	u.readRoot(d.cursor(d.sections.Info, attributes, u.end, nearWindow), shape)
	if s := d.skeleton; s != nil {
		u.addrBase, u.oldRangesBase = s.addrBase, s.oldRangesBase
	}
	return u, nil
}

// readRoot reads what only a unit's root has. The bases default to the first byte
// behind the header of their table, for split units that do not name them.
func (u *unit) readRoot(c *cursor, shape *abbreviation) {
	u.strOffsetsBase = 2 * uint64(u.offsetSize)
	u.rnglistsBase = 2*uint64(u.offsetSize) + 4
	for _, a := range shape.attributes {
		v := u.read(c, a.form, a.implicit)
		if c.err != nil {
			return
		}
		switch a.name {
		case attrStmtList:
			u.stmtList = v
		case attrCompDir:
			u.compDir = v
		case attrLanguage:
			u.language = v
		case attrStrOffsetsBase:
			u.strOffsetsBase = v.n
		case attrAddrBase, attrGNUAddrBase:
			u.addrBase = v.n
		case attrDwoName, attrGNUDwoName:
			u.dwoName = v
		case attrGNUDwoID:
			u.dwoID = v.n
		case attrGNURangesBase:
			u.oldRangesBase = v.n
		case attrRnglistsBase:
			u.rnglistsBase = v.n
		}
	}
}

// unit returns unit i with its abbreviations, from the cache when it is there.
func (d *Data) unit(i int) (*unit, error) {
	if u := d.cache.get(d, i); u != nil {
		return u, nil
	}
	u, err := d.root(i)
	if err != nil {
		return nil, err
	}
	if u.abbreviations, err = d.abbreviations(u.format, u.abbrev); err != nil {
		return nil, err
	}
	d.cache.add(d, i, u)
	return u, nil
}

// unitAt returns the unit that holds an offset of .debug_info.
func (d *Data) unitAt(at int64) (*unit, error) {
	i := sort.Search(len(d.units), func(i int) bool { return d.units[i].end > at })
	if i == len(d.units) || at < d.units[i].at {
		return nil, fmt.Errorf("no unit at %#x", at)
	}
	return d.unit(i)
}

// weight is about how many bytes of memory u holds.
func (u *unit) weight() int {
	n := 512 + 24*len(u.functions)
	if u.abbreviations != nil {
		n += 16 * u.abbreviations.attributes
	}
	if u.lines != nil {
		n += 4096 + 24*len(u.lines.sequences) + 24*len(u.lines.files) + 16*len(u.lines.folders)
	}
	return n
}
