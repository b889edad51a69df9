package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unsafe"
)

// NoteType says what a process has to tell the collector.
type NoteType uint32

// The notes.
const (
	Hello        NoteType = bellHello     // a process with an interpreter has begun
	NewViolation NoteType = bellViolation // a thread waits with a new stack
	NoJournal    NoteType = bellNoJournal // a process could not make a journal, and is not watched
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
	if r.Magic != bellMagic || r.Pid <= 0 || r.Type == 0 || r.Type > bellNoJournal {
		return Note{}, ErrNotANote
	}
	return Note{NoteType(r.Type), r.Pid, r.Serial, r.Entry}, nil
}

// Path is the file of the journal that the note speaks of.
func (n Note) Path(folder string) string {
	return filepath.Join(folder, fmt.Sprintf("%d.%d", n.Pid, n.Serial))
}

// ErrNoViolation is returned for an offset at which a journal has no violation.
var ErrNoViolation = errors.New("no violation stands there")

// LookedOffset is where in a violation the word lies that its thread waits for, a futex.
const LookedOffset = uint64(unsafe.Offsetof(rawViolation{}.Looked))

// Answer is what the collector tells the thread that waits with a violation.
type Answer uint32

// The answers.
const (
	Act   Answer = lookedAct   // what the session's action is, is done
	Spare Answer = lookedSpare // the process neither stops nor aborts: the user knows of this one
	// Names has the thread wait longer, for one of the others: names are being found.
	Names Answer = lookedNames
)

// Release answers the thread that wrote the violation, and lets it go on. The error wraps ErrNoViolation when the offset is not that of a violation.
func Release(path string, entry uint64, answer Answer) error {
	f, err := OpenFile(path, os.O_RDWR)
	if err == nil {
		defer f.Close()
		err = release(f, entry, answer)
	}
	if err != nil {
		return fmt.Errorf("releasing a thread in journal %s at offset %d: %w", path, entry, err)
	}
	return nil
}

func release(f *os.File, entry uint64, answer Answer) error {
	if entry < entriesOffset || entry%8 != 0 || entry > MaxSize {
		return ErrNoViolation
	}
	head := make([]byte, sizeofEntry)
	if _, err := f.ReadAt(head, int64(entry)); errors.Is(err, io.EOF) {
		return ErrNoViolation
	} else if err != nil {
		return err
	}
	if e := at[rawEntry](head, 0); e.Type != entryViolation || e.Size < sizeofViolation {
		return ErrNoViolation
	}
	return wake(f, int64(entry)+int64(unsafe.Offsetof(rawViolation{}.Looked)), uint32(answer))
}
