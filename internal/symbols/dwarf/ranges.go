package dwarf

// address returns the address that a value is or is an index of; ok is false for a
// value of another kind.
func (u *unit) address(v value) (addr uint64, ok bool) {
	switch v.form {
	case formAddr:
		return v.n, true
	case formAddrx, formAddrx1, formAddrx2, formAddrx3, formAddrx4, formGNUAddrIndex:
		return u.indexedAddress(v.n)
	}
	return 0, false
}

// indexedAddress returns an address of .debug_addr.
func (u *unit) indexedAddress(index uint64) (addr uint64, ok bool) {
	return u.indexed(u.data.sections.Addr, u.addrBase, index, int(u.addrSize))
}

// indexed reads element index of the array of integers at base in a section.
func (u *unit) indexed(s Section, base, index uint64, size int) (n uint64, ok bool) {
	if base > uint64(s.Size) || index > uint64(s.Size)/uint64(size) {
		return 0, false
	}
	c := u.data.cursor(s, int64(base+index*uint64(size)), s.Size, size)
	n = c.uint(size)
	return n, c.err == nil
}

// covers reports whether e's code has the address.
func (u *unit) covers(e *entry, addr uint64) bool {
	found := false
	u.eachRange(e, func(low, high uint64) bool {
		found = addr >= low && addr < high
		return !found
	})
	return found
}

// eachRange calls visit for each range of e's code until it returns false. A list
// that cannot be read ends where it cannot.
func (u *unit) eachRange(e *entry, visit func(low, high uint64) bool) {
	if e.ranges.present() {
		u.eachInList(e.ranges, visit)
		return
	}
	low, ok := u.address(e.low)
	if !ok || !e.high.present() {
		return
	}
	high, ok := u.address(e.high)
	if !ok { // a constant is a length
		high = low + e.high.n
	}
	visit(low, high)
}

func (u *unit) eachInList(list value, visit func(low, high uint64) bool) {
	root := u
	at := list.n
	if u.data.skeleton != nil {
		root = u.data.skeleton
		if u.version < 5 {
			at += u.oldRangesBase
		}
	}
	base, _ := root.address(root.entry.low)
	if u.version < 5 {
		u.eachOldRange(at, base, visit)
		return
	}
	if list.form == formRnglistx {
		offset, ok := u.indexed(u.data.sections.Rnglists, u.rnglistsBase, list.n, int(u.offsetSize))
		if !ok {
			return
		}
		at = u.rnglistsBase + offset
	}
	u.eachNewRange(at, base, visit)
}

// eachOldRange reads a list of .debug_ranges (DWARF 4, section 2.17.3).
func (u *unit) eachOldRange(at, base uint64, visit func(low, high uint64) bool) {
	s := u.data.sections.Ranges
	if at >= uint64(s.Size) {
		return
	}
	highest := ^uint64(0) >> (64 - 8*u.addrSize)
	c := u.data.cursor(s, int64(at), s.Size, nearWindow)
	for {
		low, high := c.uint(int(u.addrSize)), c.uint(int(u.addrSize))
		switch {
		case c.err != nil, low == 0 && high == 0:
			return
		case low == highest:
			base = high
		case !visit(base+low, base+high):
			return
		}
	}
}

// eachNewRange reads a list of .debug_rnglists (section 2.17.3).
func (u *unit) eachNewRange(at, base uint64, visit func(low, high uint64) bool) {
	s := u.data.sections.Rnglists
	if at >= uint64(s.Size) {
		return
	}
	c := u.data.cursor(s, int64(at), s.Size, nearWindow)
	for {
		var low, high uint64
		ok := true
		switch c.u8() {
		default: // rleEndOfList, or one that is not known
			return
		case rleBaseAddressx:
			if base, ok = u.indexedAddress(c.uleb()); !ok {
				return
			}
			continue
		case rleBaseAddress:
			base = c.uint(int(u.addrSize))
			continue
		case rleStartxEndx:
			low, ok = u.indexedAddress(c.uleb())
			if ok {
				high, ok = u.indexedAddress(c.uleb())
			}
		case rleStartxLength:
			low, ok = u.indexedAddress(c.uleb())
			high = low + c.uleb()
		case rleOffsetPair:
			low, high = base+c.uleb(), base+c.uleb()
		case rleStartEnd:
			low, high = c.uint(int(u.addrSize)), c.uint(int(u.addrSize))
		case rleStartLength:
			low = c.uint(int(u.addrSize))
			high = low + c.uleb()
		}
		if c.err != nil || !ok || !visit(low, high) {
			return
		}
	}
}
