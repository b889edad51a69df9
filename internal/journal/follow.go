package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Follower looks up violations in the journal of a running process, and reads what they need
// of the rest, its modules, as it grows: each part once.
type Follower struct {
	path    string
	next    int      // offset of the first entry that was not read, or was not finished then
	modules []Module // of the entries before that
	raw     rawShares
}

// Follow begins at the start of the journal at a path.
func Follow(path string) *Follower { return &Follower{path: path, next: entriesOffset} }

// At returns the journal's header, its modules, and of its violations the one at an offset.
func (f *Follower) At(entry uint64) (*Journal, *Violation, error) {
	file, h, err := openJournal(f.path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading journal %s: %w", f.path, err)
	}
	defer file.Close()
	j := header(h)
	if err := f.readOn(file, j, min(h.Cursor, h.Allocated, MaxSize)); err != nil {
		return nil, nil, fmt.Errorf("reading journal %s: %w", f.path, err)
	}
	if err := j.one(file, entry); err != nil {
		return nil, nil, fmt.Errorf("reading journal %s at %d: %w", f.path, entry, err)
	}
	j.raw = f.raw
	j.distribute()
	return j, &j.Violations[0], nil
}

// readOn reads the entries up to an offset, and gives j all modules.
func (f *Follower) readOn(file *os.File, j *Journal, end uint64) error {
	j.Modules = slices.Clone(f.modules)
	if end <= uint64(f.next) {
		return nil
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	// What the header says may be more than there is.
	data := make([]byte, max(0, min(int64(end), info.Size())-int64(f.next)))
	n, err := file.ReadAt(data, int64(f.next))
	if err != nil && !errors.Is(err, io.EOF) { // cut short meanwhile
		return err
	}
	j.raw = f.raw
	f.next = j.entries(data[:n], f.next)
	f.raw = j.raw
	f.modules = nil
	for _, m := range j.Modules {
		if m.Offset < uint64(f.next) { // the others are read again
			f.modules = append(f.modules, m)
		}
	}
	return nil
}
