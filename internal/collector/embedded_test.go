package collector

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
)

// waiter is a thread that waits in a journal as the shim's do: the word `looked` of the
// violation, a futex in a shared mapping.
type waiter struct {
	t      *testing.T
	memory []byte
}

func mapJournal(t *testing.T, path string) waiter {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(m) })
	return waiter{t, m}
}

// released waits until the thread of the violation at an offset may go on.
func (w waiter) released(offset uint64) {
	w.t.Helper()
	const futexWait = 0
	word := w.memory[offset+journal.LookedOffset:]
	within(w.t, "the release", func() {
		for binary.NativeEndian.Uint32(word) == 0 {
			_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&word[0])), futexWait, 0, 0, 0, 0)
			if errno != 0 && errno != unix.EAGAIN && errno != unix.EINTR {
				w.t.Errorf("futex: %v", errno)
				return
			}
		}
	})
}

// buffer is a writer that can be read while it is written to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }
func (b *buffer) String() string              { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

// A violation is written, once however often it is rung, before its thread goes on; the
// totals come at the end.
func TestEmbedded(t *testing.T) {
	s := newSession(t)
	other := []uint64{0x30020, 0x30030}
	j := python(7, inExtension, other, inExtension)
	j.Violations[1].Function = "PyCapsule_New"
	memory := mapJournal(t, lay(t, s, j))
	var out buffer
	e, err := StartEmbedded(s, &out)
	if err != nil {
		t.Fatal(err)
	}
	wrote := func() (truth, capsule int) {
		return strings.Count(out.String(), "]: PyObject_IsTrue"), strings.Count(out.String(), "]: PyCapsule_New")
	}
	note := func(i int) []byte {
		return journal.Note{Type: journal.NewViolation, Pid: 7, Entry: j.Violations[i].Offset}.Bytes()
	}
	for i, want := range [][2]int{{1, 0}, {1, 1}, {1, 1}} {
		ring(t, s, note(i))
		memory.released(j.Violations[i].Offset)
		if truth, capsule := wrote(); truth != want[0] || capsule != want[1] {
			t.Errorf("after violation %d: %d and %d written, want %v\n%s", i, truth, capsule, want, &out)
		}
	}
	if strings.Contains(out.String(), "gilwatch:") {
		t.Errorf("totals before the end:\n%s", &out)
	}
	ring(t, s, note(0)) // rung at the very end
	e.Finish()
	if truth, capsule := wrote(); truth != 1 || capsule != 1 {
		t.Errorf("written again:\n%s", &out)
	}
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); !strings.HasPrefix(lines[len(lines)-1], "gilwatch: 2 errors in 1 of 1 process") {
		t.Errorf("the last line is %q", lines[len(lines)-1])
	}
}

// What is rung without a violation writes none: the right twin, and a journal that is not
// there, which is said.
func TestEmbeddedWithoutAViolation(t *testing.T) {
	s := newSession(t)
	lay(t, s, python(7))
	var out buffer
	e, err := StartEmbedded(s, &out)
	if err != nil {
		t.Fatal(err)
	}
	ring(t, s, journal.Note{Type: journal.Hello, Pid: 7}.Bytes())
	ring(t, s, violation(7).Bytes())
	ring(t, s, violation(8).Bytes())
	e.Finish()
	if s := out.String(); strings.Contains(s, "error[") || strings.Count(s, "gilwatch: error: reading journal") != 1 {
		t.Errorf("%s", s)
	}
}

// A violation of kind note is counted in the totals, not written.
func TestEmbeddedNote(t *testing.T) {
	s := newSession(t)
	j := python(7, inExtension)
	j.Violations[0].Function = "PyCallable_Check"
	lay(t, s, j)
	var out buffer
	e, err := StartEmbedded(s, &out)
	if err != nil {
		t.Fatal(err)
	}
	ring(t, s, journal.Note{Type: journal.NewViolation, Pid: 7, Entry: j.Violations[0].Offset}.Bytes())
	e.Finish()
	if s := out.String(); !strings.HasPrefix(s, "gilwatch: 1 note (--notes) in 1 of 1 process") {
		t.Errorf("%s", s)
	}
}

// A stderr that takes what it can takes all; one that nobody reads fails and harms nobody.
func TestDescriptor(t *testing.T) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte("0123456789"), 30_000) // more than a pipe holds
	var got []byte
	var reading sync.WaitGroup
	reading.Go(func() {
		buf := make([]byte, 4096)
		for len(got) < len(want) {
			n, err := unix.Read(p[0], buf)
			switch {
			case n > 0:
				got = append(got, buf[:n]...)
			case err == unix.EAGAIN:
				_, _ = unix.Poll([]unix.PollFd{{Fd: int32(p[0]), Events: unix.POLLIN}}, -1)
			case err != unix.EINTR:
				return
			}
		}
	})
	if n, err := Descriptor(p[1]).Write(want); n != len(want) || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	reading.Wait()
	if !bytes.Equal(got, want) {
		t.Errorf("read %d bytes, want %d", len(got), len(want))
	}
	// Nobody reads, and nobody will.
	if _, err := Descriptor(p[1]).Write(want); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("a full pipe: %v", err)
	}
	unix.Close(p[0])
	if _, err := Descriptor(p[1]).Write(want); !errors.Is(err, unix.EPIPE) {
		t.Errorf("a pipe without a reader: %v", err)
	}
	unix.Close(p[1])
	if _, err := Descriptor(p[1]).Write(want); !errors.Is(err, unix.EBADF) {
		t.Errorf("a closed one: %v", err)
	}
}
