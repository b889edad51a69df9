// Package dwarf finds the source position of an address and the calls that were
// inlined there, in debug information of DWARF 2 to 5.
//
// It exists beside debug/dwarf because that one wants every section whole in memory.
// Here sections are read by offset: the unit headers once, then only the unit that
// covers an address, through a window of some kilobytes. Files of a gigabyte cost a
// table of address ranges and what the cache holds.
//
// Every byte is foreign. Offsets are held against the section's size, tables against
// fixed limits, and a look-up reads no more than a multiple of its unit's length.
// Section numbers in comments are those of the DWARF 5 standard.
package dwarf

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
)

// Section is a section's contents, decompressed. One without a reader is absent.
type Section struct {
	io.ReaderAt
	Size int64 // in bytes
}

// Sections are the debug sections of one file.
type Sections struct {
	Info, Abbrev, Line, LineStr, Str, StrOffsets, Addr, Ranges, Rnglists Section
}

// Call is a function at an address: the one whose code is there, or one that it was
// inlined into.
type Call struct {
	Linkage string // mangled name; "" for C and for functions local to a file
	Name    string // name with its scopes, without parameters; "" when Linkage is not
	File    string // absolute when the compiler's folder is known; "" when unknown
	Line    int    // from 1; 0 when unknown
	Column  int    // from 1; 0 when unknown
}

// Data is the debug information of one file. It is not safe for concurrent use.
type Data struct {
	sections Sections
	sup      *Data
	cache    *Cache
	units    []header // sorted by offset
	ranges   []unitRange
	budget   int64 // bytes that the present look-up may still read

	open     Opener
	splits   []*split // the one used last in front
	skeleton *unit    // of a split unit's file
}

// unitRange is a range of addresses that a unit covers.
type unitRange struct {
	low, high uint64
	unit      int32
}

const (
	// maxRanges is how many ranges one file's units may have, 24 bytes each.
	// Functions in sections of their own have one each.
	maxRanges = 4 << 20
	// maxCovering is how many ranges below an address are looked at for overlap.
	maxCovering = 64
	// spareBudget is how many bytes a look-up may read beyond its unit's.
	spareBudget = 256 << 20
)

// errTooMuch says that a look-up was given up because it read too much.
var errTooMuch = errors.New("debug information refers to itself too often")

// New reads the unit headers of s. sup is the supplementary file that
// .gnu_debugaltlink names, or nil. Look-ups keep what they parse in the cache, which
// may be shared by many files.
func New(s Sections, sup *Data, cache *Cache) (*Data, error) {
	d := &Data{sections: s, sup: sup, cache: cache}
	d.budget = 64*s.Info.Size + spareBudget
	if err := d.readHeaders(); err != nil {
		return nil, fmt.Errorf("reading unit headers: %w", err)
	}
	for i := range d.units {
		// A unit that cannot be read leaves the others readable.
		d.addRanges(i)
	}
	slices.SortFunc(d.ranges, func(a, b unitRange) int { return cmp.Compare(a.low, b.low) })
	d.ranges = slices.Clip(d.ranges)
	return d, nil
}

// addRanges adds the ranges of unit i's root. Linkers give discarded code the
// address 0 or the highest ones; nothing is there.
func (d *Data) addRanges(i int) {
	u, err := d.root(i)
	if err != nil {
		return
	}
	u.eachRange(&u.entry, func(low, high uint64) bool {
		if low != 0 && low < high && len(d.ranges) < maxRanges {
			d.ranges = append(d.ranges, unitRange{low, high, int32(i)})
		}
		return true
	})
}

// Weight is about how many bytes of memory d holds outside of the cache.
func (d *Data) Weight() int { return 24*len(d.ranges) + 40*len(d.units) }

// Lookup returns the calls at the virtual address addr, innermost first: each was
// inlined into the next. It returns none when no unit covers the address. A call in
// a unit that does not describe its functions has a position and no name. An error beside
// calls says why they tell less than they could: the file of a split unit is missing.
func (d *Data) Lookup(addr uint64) ([]Call, error) {
	var best []Call
	var failed error
	for _, i := range d.covering(addr) {
		calls, err := d.lookupIn(i, addr)
		failed = cmp.Or(failed, err)
		if len(calls) > 0 && (calls[0].Linkage != "" || calls[0].Name != "") {
			return calls, nil
		}
		if best == nil {
			best = calls
		}
	}
	return best, failed
}

// covering returns the units that have a range over addr.
func (d *Data) covering(addr uint64) []int {
	var units []int
	above := sort.Search(len(d.ranges), func(i int) bool { return d.ranges[i].low > addr })
	for i := above - 1; i >= 0 && above-i <= maxCovering; i-- {
		r := d.ranges[i]
		if addr < r.high && !slices.Contains(units, int(r.unit)) {
			units = append(units, int(r.unit))
		}
	}
	return units
}

// lookupIn is Lookup in one unit.
func (d *Data) lookupIn(i int, addr uint64) ([]Call, error) {
	d.allow(d.units[i].end - d.units[i].at)
	u, err := d.unit(i)
	if err != nil {
		return nil, fmt.Errorf("unit at %#x: %w", d.units[i].at, err)
	}
	chain, whole, err := d.chain(i, u, addr)
	// Lines that cannot be read leave the functions known.
	file, line, column := u.position(addr)
	if len(chain) == 0 {
		if file == "" {
			return nil, err
		}
		return []Call{{File: file, Line: line, Column: column}}, err
	}
	calls := make([]Call, 0, len(chain))
	for _, e := range slices.Backward(chain) {
		call := Call{File: file, Line: line, Column: column}
		call.Linkage, call.Name = whole.functionName(&e)
		calls = append(calls, call)
		file, line, column = u.callSite(&e)
	}
	return calls, nil
}

// chain returns the function of unit i at addr and the calls inlined there, outermost first,
// and the unit that describes them. Lines are the skeleton's to tell: u's.
func (d *Data) chain(i int, u *unit, addr uint64) (chain []entry, whole *unit, err error) {
	if whole, err = d.whole(i, u); err != nil {
		return nil, u, err
	}
	fn, ok := whole.function(addr)
	if !ok {
		return nil, whole, nil
	}
	if chain, err = whole.chain(fn, addr); err != nil {
		return nil, whole, fmt.Errorf("function at %#x: %w", fn, err)
	}
	return chain, whole, nil
}

// allow sets the budget of a look-up in a unit of size bytes.
func (d *Data) allow(size int64) {
	d.budget = 4*size + 2*d.sections.Line.Size + spareBudget
	if d.sup != nil {
		d.sup.budget = d.budget
	}
}
