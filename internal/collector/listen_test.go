package collector

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/session"
)

// listenTo is a collector that collects the violations' notes.
func listenTo(t *testing.T, s *session.Session) (c *Collector, heard func() []journal.Note) {
	t.Helper()
	var all []journal.Note
	c, err := openBell(s, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	c.look = func(s sight) { all = append(all, s.note) }
	c.start()
	return c, func() []journal.Note { c.Close(); return all }
}

func violation(pid int32) journal.Note {
	return journal.Note{Type: journal.NewViolation, Pid: pid, Entry: 24576}
}

// Every note is heard, also those that were rung just before the end.
func TestManyNotes(t *testing.T) {
	s := newSession(t)
	_, heard := listenTo(t, s)
	const many = 5000 // more than a pipe holds
	for pid := range int32(many) {
		ring(t, s, violation(pid+1).Bytes())
	}
	all := heard()
	if len(all) != many {
		t.Fatalf("%d notes heard, want %d", len(all), many)
	}
	for i, n := range all {
		if n != violation(int32(i+1)) {
			t.Fatalf("note %d is %+v", i, n)
		}
	}
}

// What is no note is passed over, and the notes behind it are heard.
func TestGarbageOnTheBell(t *testing.T) {
	note := violation(7).Bytes()
	for name, garbage := range map[string][]byte{
		"a byte": {0}, "five bytes": []byte("hello"), "a line": []byte(strings.Repeat("x", 1000) + "\n"),
		"part of a note": note[:10], "all but a byte of a note": note[1:], "the magic": note[:4],
		"a note of no type": journal.Note{Type: 99, Pid: 7}.Bytes(), "zeros": make([]byte, 24),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			_, heard := listenTo(t, s)
			ring(t, s, note)
			ring(t, s, garbage)
			ring(t, s, note)
			ring(t, s, bytes.Repeat(note, 2))
			if all := heard(); len(all) != 4 {
				t.Errorf("%d notes heard, want 4: %+v", len(all), all)
			}
		})
	}
}

// A note that comes in parts, as from a writer that is no shim, is heard when it is whole.
func TestPartialNotes(t *testing.T) {
	var n notes
	for i, b := range bytes.Repeat(violation(7).Bytes(), 3) {
		found, strange := n.add([]byte{b})
		if whole := (i+1)%journal.SizeofBell == 0; strange != 0 || (len(found) == 1) != whole {
			t.Fatalf("after byte %d: %+v, %d strange", i, found, strange)
		}
	}
}

func FuzzNotes(f *testing.F) {
	f.Add([]byte("garbage"), violation(7).Bytes())
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var n notes
		first, strangeA := n.add(a)
		second, strangeB := n.add(b)
		if len(n.rest) >= journal.SizeofBell {
			t.Fatalf("%d bytes kept", len(n.rest))
		}
		used := (len(first)+len(second))*journal.SizeofBell + strangeA + strangeB
		if used+len(n.rest) != len(a)+len(b) {
			t.Fatalf("%d of %d bytes accounted for", used+len(n.rest), len(a)+len(b))
		}
	})
}

// A note about a journal that is not there, or an offset that is no violation's, harms
// nothing.
func TestNotesThatLie(t *testing.T) {
	s := newSession(t)
	path := lay(t, s, python(7, []uint64{0x30010}))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, heard := listenTo(t, s)
	c.look = nil
	ring(t, s, violation(8).Bytes())
	ring(t, s, journal.Note{Type: journal.NewViolation, Pid: 7, Entry: 8}.Bytes())
	ring(t, s, journal.Note{Type: journal.Hello, Pid: 1 << 30}.Bytes())
	ring(t, s, journal.Note{Type: journal.NoJournal, Pid: 7}.Bytes())
	heard()
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole) {
		t.Errorf("the journal was changed (%v)", err)
	}
}

// Close leaves no goroutine and no descriptor, whatever it was listening to.
func TestCloseLeavesNothing(t *testing.T) {
	s := newSession(t)
	round := func() {
		c, err := Start(s, zerolog.Nop(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		child := begin(t)
		ring(t, s, journal.Note{Type: journal.Hello, Pid: child.pid()}.Bytes())
		c.Close() // while it still runs
		child.end("exit 0")
		child.reap()
		child.tell.Close()
	}
	round()
	goroutines, files := runtime.NumGoroutine(), descriptors(t)
	for range 20 {
		round()
	}
	// A goroutine that has done its work may still be on its way out.
	within(t, "goroutines to end", func() {
		for runtime.NumGoroutine() > goroutines+1 {
			runtime.Gosched()
		}
	})
	if now := descriptors(t); now > files {
		t.Errorf("%d descriptors, before %d", now, files)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestStartWithoutABell(t *testing.T) {
	before := descriptors(t)
	if _, err := Start(session.Open(t.TempDir()), zerolog.Nop(), nil, nil); err == nil || !strings.Contains(err.Error(), "bell") {
		t.Errorf("%v", err)
	}
	s := session.Open(t.TempDir())
	if err := os.Symlink("/dev/zero", s.Bell()); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(s, zerolog.Nop(), nil, nil); err == nil {
		t.Error("a link was taken for a bell")
	}
	if now := descriptors(t); now != before {
		t.Errorf("%d descriptors, before %d", now, before)
	}
}

// Where no epoll can be had, how processes end is not seen, and all else goes on.
func TestNoDescriptorForEnds(t *testing.T) {
	s := newSession(t)
	path := lay(t, s, python(7, []uint64{0x30010}))
	j, err := journal.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := openBell(s, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	c.start()
	ring(t, s, journal.Note{Type: journal.Hello, Pid: int32(unix.Getpid())}.Bytes())
	ring(t, s, journal.Note{Type: journal.NewViolation, Pid: 7, Entry: j.Violations[0].Offset}.Bytes())
	r, err := c.Finish(Run{})
	if err != nil || len(r.Violations) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
