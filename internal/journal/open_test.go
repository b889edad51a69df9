package journal

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// readers are all that open a file of a session folder.
var readers = map[string]func(path string, entry uint64) error{
	"ReadFile":     func(path string, _ uint64) error { _, err := ReadFile(path); return err },
	"ReadHeader":   func(path string, _ uint64) error { _, err := ReadHeader(path); return err },
	"Peek":         func(path string, entry uint64) error { _, _, err := Peek(path, entry); return err },
	"Follow":       func(path string, entry uint64) error { _, _, err := Follow(path).At(entry); return err },
	"Release":      func(path string, entry uint64) error { return Release(path, entry, Act) },
	"ReadChildren": func(path string, _ uint64) error { _, err := ReadChildren(path); return err },
}

// What somebody put into a file's place is neither followed nor waited for.
func TestNoFile(t *testing.T) {
	j := sample()
	whole := j.Bytes()
	entry := j.Violations[0].Offset
	folder := t.TempDir()
	elsewhere := filepath.Join(folder, "elsewhere")
	if err := os.WriteFile(elsewhere, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	for kind, put := range map[string]func(path string) error{
		"a link":               func(path string) error { return os.Symlink(elsewhere, path) },
		"a link to nothing":    func(path string) error { return os.Symlink(path+"x", path) },
		"a link to a device":   func(path string) error { return os.Symlink("/dev/zero", path) },
		"a folder":             func(path string) error { return os.Mkdir(path, 0o700) },
		"a FIFO":               func(path string) error { return unix.Mkfifo(path, 0o600) },
		"a FIFO that is empty": func(path string) error { return writtenFIFO(t, path, nil) },
		"a FIFO that speaks":   func(path string) error { return writtenFIFO(t, path, whole) },
		"a socket":             func(path string) error { return unix.Mknod(path, unix.S_IFSOCK|0o600, 0) },
	} {
		for name, read := range readers {
			path := filepath.Join(folder, kind+" for "+name)
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			if err := read(path, entry); err == nil {
				t.Errorf("%s took %s", name, kind)
			}
		}
	}
	if now, err := os.ReadFile(elsewhere); err != nil || string(now) != string(whole) {
		t.Errorf("what a link led to was changed (%v)", err)
	}
	for name, read := range readers {
		if err := read(elsewhere, entry); err != nil && name != "ReadChildren" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenFile(folder, os.O_RDONLY); !errors.Is(err, ErrNotAFile) {
		t.Errorf("a folder: %v", err)
	}
}

// writtenFIFO makes a FIFO that has a writer, which never ends what it says.
func writtenFIFO(t *testing.T, path string, data []byte) error {
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return err
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	t.Cleanup(func() { unix.Close(fd) })
	_, err = unix.Write(fd, data)
	return err
}

// What a header says of the journal's size is not believed: memory is taken for what there is.
func TestCursorThatLies(t *testing.T) {
	j := sample()
	data := j.Bytes()
	set(data, 0, func(h *rawHeader) { h.Cursor, h.Allocated = MaxSize, MaxSize })
	path := filepath.Join(t.TempDir(), "7.0")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, read := range readers {
		if name == "ReadChildren" {
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := read(path, j.Violations[0].Offset); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
			t.Errorf("%s took %d bytes of memory for a file of %d", name, took, len(data))
		}
	}
}
