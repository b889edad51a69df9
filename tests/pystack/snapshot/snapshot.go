// Package snapshot keeps what a stack walk read of a process, so that the walk can be run
// again without the process, on damaged memory too.
package snapshot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/gilwatch/gilwatch/internal/pystack"
)

// Snapshot is the memory that a walk read, and what came of it.
type Snapshot struct {
	Interpreter pystack.Interpreter
	Thread      uint64 // pthread_self of the thread
	State       uint64 // address of its thread state
	Frames      []pystack.Frame
	Holder      pystack.Holder // of the GIL that the thread gave up
	Regions     []Region
}

// Region is a range of memory. Regions of a snapshot are in order and do not touch.
type Region struct {
	Address uint64
	Bytes   []byte
}

// ReadAt implements pystack.Memory.
func (s *Snapshot) ReadAt(p []byte, address uint64) error {
	i, found := slices.BinarySearchFunc(s.Regions, address, func(r Region, address uint64) int {
		return cmp.Compare(r.Address, address)
	})
	if !found {
		i-- // the last one that begins before
	}
	if i < 0 {
		return missing(p, address)
	}
	from := s.Regions[i]
	offset := address - from.Address
	if offset > uint64(len(from.Bytes)) || uint64(len(p)) > uint64(len(from.Bytes))-offset {
		return missing(p, address)
	}
	copy(p, from.Bytes[offset:])
	return nil
}

func missing(p []byte, address uint64) error {
	return fmt.Errorf("read %d bytes at %#x: not in the snapshot", len(p), address)
}

// Load reads a snapshot from a file.
func Load(path string) (*Snapshot, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := new(Snapshot)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", path, err)
	}
	return s, nil
}

// Save writes the snapshot to a file.
func (s *Snapshot) Save(path string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// Clone returns a snapshot whose memory can be changed alone.
func (s *Snapshot) Clone() *Snapshot {
	c := *s
	c.Regions = slices.Clone(s.Regions)
	for i := range c.Regions {
		c.Regions[i].Bytes = bytes.Clone(c.Regions[i].Bytes)
	}
	return &c
}
