package journal

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// maxViolation is more than a violation with all its frames takes.
const maxViolation = 8192

// Peek reads the header of the journal at a path and the one violation at an offset,
// without the rest: a thread waits meanwhile.
func Peek(path string, entry uint64) (*Journal, *Violation, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	defer f.Close()
	head := make([]byte, sizeofHeader)
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	h := at[rawHeader](head, 0)
	if h.Magic != headerMagic || h.Version != layoutVersion {
		return nil, nil, fmt.Errorf("reading journal %s: %w", path, ErrNotAJournal)
	}
	if entry < entriesOffset || entry >= MaxSize || entry%8 != 0 {
		return nil, nil, fmt.Errorf("reading journal %s at %d: %w", path, entry, ErrNoViolation)
	}
	body := make([]byte, maxViolation)
	n, _ := f.ReadAt(body, int64(entry)) // what is missing shows below
	if n < sizeofViolation {
		return nil, nil, fmt.Errorf("reading journal %s at %d: %w", path, entry, ErrNoViolation)
	}
	e := at[rawEntry](body, 0)
	if e.Type != entryViolation || int64(e.Size) > int64(n) {
		return nil, nil, fmt.Errorf("reading journal %s at %d: %w", path, entry, ErrNoViolation)
	}
	j := header(&h)
	j.violation(body[:e.Size], int(entry))
	if len(j.Violations) != 1 {
		return nil, nil, fmt.Errorf("reading journal %s at %d: %w", path, entry, ErrNoViolation)
	}
	return j, &j.Violations[0], nil
}
