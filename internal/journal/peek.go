package journal

import (
	"fmt"
	"os"
)

// maxViolation is more than a violation with all its frames takes.
const maxViolation = 8192

// Peek reads the header of the journal at a path and the one violation at an offset,
// without the rest: a thread waits meanwhile.
func Peek(path string, entry uint64) (*Journal, *Violation, error) {
	f, h, err := openJournal(path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	defer f.Close()
	j := header(h)
	if err := j.one(f, entry); err != nil {
		return nil, nil, fmt.Errorf("reading journal %s at %d: %w", path, entry, err)
	}
	return j, &j.Violations[0], nil
}

// one reads the violation at an offset of the file into j.Violations, which it has alone.
func (j *Journal) one(f *os.File, entry uint64) error {
	j.Violations = nil
	if entry < entriesOffset || entry >= MaxSize || entry%8 != 0 {
		return ErrNoViolation
	}
	body := make([]byte, maxViolation)
	n, _ := f.ReadAt(body, int64(entry)) // what is missing shows below
	if n < sizeofViolation {
		return ErrNoViolation
	}
	e := at[rawEntry](body, 0)
	if e.Type != entryViolation || int64(e.Size) > int64(n) {
		return ErrNoViolation
	}
	if j.violation(body[:e.Size], int(entry)); len(j.Violations) != 1 {
		return ErrNoViolation
	}
	return nil
}

// openJournal opens the journal at a path and reads its header.
func openJournal(path string) (*os.File, *rawHeader, error) {
	f, err := OpenFile(path, os.O_RDONLY)
	if err != nil {
		return nil, nil, err
	}
	head := make([]byte, sizeofHeader)
	if _, err := f.ReadAt(head, 0); err != nil {
		f.Close()
		return nil, nil, err
	}
	h := at[rawHeader](head, 0)
	if err := checkHeader(&h); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, &h, nil
}

// ReadHeader reads what the journal at a path says of its process as a whole.
func ReadHeader(path string) (*Journal, error) {
	f, h, err := openJournal(path)
	if err != nil {
		return nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	f.Close()
	return header(h), nil
}
