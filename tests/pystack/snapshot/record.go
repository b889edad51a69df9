package snapshot

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/gilwatch/gilwatch/internal/pystack"
)

// Recorder is memory that keeps what is read of it.
type Recorder struct {
	Memory pystack.Memory
	read   []Region
}

// ReadAt implements pystack.Memory.
func (r *Recorder) ReadAt(p []byte, address uint64) error {
	if err := r.Memory.ReadAt(p, address); err != nil {
		return err
	}
	r.read = append(r.read, Region{address, bytes.Clone(p)})
	return nil
}

// Regions returns what was read, in order, with what touches or overlaps joined.
func (r *Recorder) Regions() []Region {
	read := slices.Clone(r.read)
	slices.SortStableFunc(read, func(a, b Region) int { return cmp.Compare(a.Address, b.Address) })
	var joined []Region
	for _, next := range read {
		if len(joined) == 0 || next.Address > end(joined[len(joined)-1]) {
			joined = append(joined, Region{next.Address, bytes.Clone(next.Bytes)})
			continue
		}
		last := &joined[len(joined)-1]
		if known := end(*last) - next.Address; known < uint64(len(next.Bytes)) {
			last.Bytes = append(last.Bytes, next.Bytes[known:]...)
		}
	}
	return joined
}

func end(r Region) uint64 { return r.Address + uint64(len(r.Bytes)) }
