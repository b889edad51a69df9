package pystack

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Memory is the memory of another process.
type Memory interface {
	// ReadAt fills p with the bytes at address, or returns an error. It may read again
	// what has changed meanwhile.
	ReadAt(p []byte, address uint64) error
}

const (
	// readBudget bounds what one call of Stack or ThreadState reads, in bytes. A stack of
	// 200 different functions with long line tables takes about one megabyte.
	readBudget = 64 << 20
	// readCost is added for each read, so that reading nothing is bounded, too.
	readCost = 64
)

var errBudget = errors.New("more memory than a sound process needs was asked for")

// reader reads values of a process, up to readBudget.
type reader struct {
	memory Memory
	spent  int
}

func (r *reader) bytes(address uint64, n int) ([]byte, error) {
	if n < 0 || n > readBudget-r.spent {
		return nil, fmt.Errorf("read %d bytes at %#x: %w", n, address, errBudget)
	}
	r.spent += n + readCost
	p := make([]byte, n)
	if err := r.memory.ReadAt(p, address); err != nil {
		return nil, err
	}
	return p, nil
}

func (r *reader) word(address uint64) (uint64, error) {
	p, err := r.bytes(address, 8)
	if err != nil {
		return 0, err
	}
	return word(p, 0), nil
}

// word is the pointer or size at offset of a structure.
func word(p []byte, offset int) uint64 { return binary.NativeEndian.Uint64(p[offset:]) }

// integer is the C int at offset of a structure.
func integer(p []byte, offset int) int { return int(int32(binary.NativeEndian.Uint32(p[offset:]))) }
