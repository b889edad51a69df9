package dwarf

import (
	"errors"
	"fmt"
	"io"
)

// maxSplits is how many split units' files one file's look-ups keep open.
const maxSplits = 8

// Skeleton says which unit holds what a skeleton unit leaves out (section 3.1.2): the
// functions, in a file of their own.
type Skeleton struct {
	Name   string // the file as the compiler wrote it
	Folder string // the compiler's
	ID     uint64
}

// Split is the opened file of a skeleton, or the part of a package file that is its own.
type Split struct {
	Sections
	io.Closer // may be nil
}

// Opener opens the file of a skeleton.
type Opener func(Skeleton) (Split, error)

// errNoSplits says that nobody was told how to open files of split units.
var errNoSplits = errors.New("debug information is in another file")

// split is a skeleton unit's other half, or why it cannot be had.
type split struct {
	skeleton int // the unit's index
	data     *Data
	unit     int
	closer   io.Closer
	err      error
}

// OpenSplits makes look-ups open the files of split units. Without it, or where that
// fails, positions are known, and functions and inlined calls are not.
func (d *Data) OpenSplits(open Opener) { d.open = open }

// Close closes the files of split units.
func (d *Data) Close() error {
	for len(d.splits) > 0 {
		d.closeSplit()
	}
	return nil
}

// closeSplit closes the one used least lately.
func (d *Data) closeSplit() {
	last := d.splits[len(d.splits)-1]
	d.splits = d.splits[:len(d.splits)-1]
	if last.data != nil {
		d.cache.Drop(last.data)
	}
	if last.closer != nil {
		last.closer.Close()
	}
}

// whole returns the unit that describes the functions of u, unit i: u itself, unless it is
// a skeleton.
func (d *Data) whole(i int, u *unit) (*unit, error) {
	if !u.dwoName.present() {
		return u, nil
	}
	s := d.splitOf(i, u)
	if s.err != nil {
		return nil, s.err
	}
	s.data.budget = d.budget
	return s.data.unit(s.unit)
}

// splitOf returns the split of unit i, those asked for last in front.
func (d *Data) splitOf(i int, u *unit) *split {
	for at, s := range d.splits {
		if s.skeleton == i {
			copy(d.splits[1:], d.splits[:at])
			d.splits[0] = s
			return s
		}
	}
	if len(d.splits) >= maxSplits {
		d.closeSplit()
	}
	s := &split{skeleton: i}
	s.err = s.read(d, u)
	d.splits = append([]*split{s}, d.splits...)
	return s
}

// read opens the split of u. What it says of addresses refers to tables of the skeleton's
// file.
func (s *split) read(d *Data, u *unit) error {
	if d.open == nil {
		return errNoSplits
	}
	of := Skeleton{Name: u.text(u.dwoName), Folder: u.text(u.compDir), ID: u.dwoID}
	opened, err := d.open(of)
	if err != nil {
		return err
	}
	s.closer = opened.Closer
	opened.Addr, opened.Ranges = d.sections.Addr, d.sections.Ranges
	// The skeleton outlives its place in the cache here, without what it parsed.
	s.data = &Data{sections: opened.Sections, sup: d.sup, cache: d.cache, budget: d.budget,
		skeleton: &unit{header: u.header, data: d, entry: u.entry, addrBase: u.addrBase, oldRangesBase: u.oldRangesBase}}
	if err := s.data.readHeaders(); err != nil {
		return fmt.Errorf("%s: reading unit headers: %w", of.Name, err)
	}
	for i := range s.data.units {
		if root, err := s.data.root(i); err == nil && root.dwoID == of.ID && root.addrSize == u.addrSize {
			s.unit = i
			return nil
		}
	}
	return fmt.Errorf("%s has no unit %016x", of.Name, of.ID)
}
