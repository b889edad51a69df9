package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/unix"
)

// NoteType says what a process has to tell the collector.
type NoteType uint32

// The notes.
const (
	Hello        NoteType = bellHello     // a process with an interpreter has begun
	NewViolation NoteType = bellViolation // a thread waits with a new stack
	Goodbye      NoteType = bellGoodbye
)

// Note is one message on the bell, the session folder's FIFO.
type Note struct {
	Type   NoteType
	Pid    int32 // in the process's own pid namespace
	Serial uint32
	Entry  uint64 // offset of the violation
}

// ErrNotANote is returned for bytes that are no note.
var ErrNotANote = errors.New("not a note")

// ParseNote reads SizeofBell bytes.
func ParseNote(b []byte) (Note, error) {
	if len(b) != SizeofBell {
		return Note{}, ErrNotANote
	}
	r := at[rawBell](b, 0)
	if r.Magic != bellMagic || r.Pid <= 0 || r.Type == 0 || r.Type > bellGoodbye {
		return Note{}, ErrNotANote
	}
	return Note{NoteType(r.Type), r.Pid, r.Serial, r.Entry}, nil
}

// Path is the file of the journal that the note speaks of.
func (n Note) Path(folder string) string {
	return filepath.Join(folder, fmt.Sprintf("%d.%d", n.Pid, n.Serial))
}

// Release lets the thread that wrote the violation go on: the collector has looked.
func Release(path string, entry uint64) error {
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return fmt.Errorf("releasing a thread in journal %s: %w", path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("releasing a thread in journal %s: %w", path, err)
	}
	looked := entry + uint64(unsafe.Offsetof(rawViolation{}.Looked))
	if entry < entriesOffset || entry%8 != 0 || looked+4 > uint64(info.Size()) {
		return fmt.Errorf("releasing a thread in journal %s: offset %d: %w", path, entry, ErrNotANote)
	}
	page := looked &^ uint64(os.Getpagesize()-1)
	m, err := unix.Mmap(int(f.Fd()), int64(page), os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("releasing a thread in journal %s: %w", path, err)
	}
	defer unix.Munmap(m)
	word := unsafe.Pointer(&m[looked-page])
	wake(word)
	return nil
}
