package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// mount mounts a tmpfs, or skips where that is not allowed.
func mount(t *testing.T, flags uintptr, options string) string {
	t.Helper()
	folder := t.TempDir()
	if err := unix.Mount("none", folder, "tmpfs", flags, options); err != nil {
		t.Skipf("mounting a tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(folder, 0); err != nil {
			t.Errorf("unmounting %s: %v", folder, err)
		}
	})
	return folder
}

// refused fails unless the error says why of that folder, names it, and has a hint; the
// next folder is taken then.
func refused(t *testing.T, folder, why string) {
	t.Helper()
	needShim(t)
	good, shim := t.TempDir(), shimOf(t)
	var failed *FolderError
	_, err := New(Options{Parent: folder})
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), why) {
		t.Fatalf("%v, want %q of %s", err, why, folder)
	}
	if !strings.Contains(failed.Hint(), "TMPDIR") {
		t.Errorf("hint %q", failed.Hint())
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "gilwatch-*")); len(left) > 0 {
		t.Errorf("%s was left behind", left)
	}
	t.Setenv("TMPDIR", folder)
	if _, err := New(Options{}); !errors.As(err, &failed) || len(failed.Tried) != 1 {
		t.Errorf("TMPDIR is the user's word, but: %v", err)
	}
	s, err := newIn([]string{folder, good}, Options{}, shim)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if filepath.Dir(s.Folder) != good {
		t.Errorf("made in %s, want %s", s.Folder, good)
	}
}

func shimOf(t *testing.T) []byte {
	t.Helper()
	s, err := New(Options{Parent: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	shim, err := os.ReadFile(s.Shim())
	if err != nil {
		t.Fatal(err)
	}
	return shim
}

func TestParentMissing(t *testing.T) {
	refused(t, filepath.Join(t.TempDir(), "missing"), "no such file")
}

func TestParentNoFolder(t *testing.T) { refused(t, os.DevNull, "not a directory") }

func TestParentNamedBadly(t *testing.T) {
	for name, why := range map[string]string{
		"with blank": "blanks and colons", "with:colon": "blanks and colons", "$ORIGIN": "expands $",
		strings.Repeat("long/", 200): "longer than",
	} {
		folder := filepath.Join(t.TempDir(), name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		refused(t, folder, why)
	}
}

func TestParentNotWritable(t *testing.T) {
	if os.Getuid() == 0 {
		refused(t, "/proc/self", "") // root writes everywhere but where there is nothing to write to
		return
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	refused(t, folder, "permission denied")
}

func TestParentNoexec(t *testing.T) { refused(t, mount(t, unix.MS_NOEXEC, ""), "noexec") }

func TestParentReadOnly(t *testing.T) { refused(t, mount(t, unix.MS_RDONLY, ""), "read-only") }

func TestParentFull(t *testing.T) { refused(t, mount(t, 0, "size=64k"), "no space left") }

func TestParents(t *testing.T) {
	t.Setenv("TMPDIR", "/given")
	t.Setenv("XDG_RUNTIME_DIR", "/run/user/7")
	if got := parents(); !slices.Equal(got, []string{"/given"}) {
		t.Errorf("with TMPDIR: %q", got)
	}
	t.Setenv("TMPDIR", "")
	if got, want := parents(), []string{"/tmp", "/run/user/7", "/dev/shm", "/var/tmp"}; !slices.Equal(got, want) {
		t.Errorf("without TMPDIR: %q, want %q", got, want)
	}
	t.Setenv("XDG_RUNTIME_DIR", "")
	if got, want := parents(), []string{"/tmp", "/dev/shm", "/var/tmp"}; !slices.Equal(got, want) {
		t.Errorf("without both: %q, want %q", got, want)
	}
}

func TestEachFailureIsNamed(t *testing.T) {
	needShim(t)
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := newIn([]string{missing, "/with blank"}, Options{}, shimOf(t))
	if err == nil || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), "/with blank") {
		t.Errorf("%v", err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not wrap its reasons", err)
	}
}

// A file that is no library is what the loader complains of and goes on; a program that
// cannot run at all is a failure too. The right shim passes.
func TestProbe(t *testing.T) {
	needShim(t)
	program := probeProgram()
	if program == "" {
		t.Fatal("no program to probe with")
	}
	s, err := New(Options{Parent: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := probe(program, s.Shim()); err != nil {
		t.Errorf("the shim: %v", err)
	}
	_, err = newIn([]string{t.TempDir()}, Options{}, []byte(strings.Repeat("no library", 100)))
	var no *RefusedError
	if !errors.As(err, &no) || !strings.Contains(no.Words, "libgilwatch.so") || !strings.Contains(err.Error(), "the dynamic loader refused the shim") {
		t.Errorf("no library: %v", err)
	}
	if no != nil && no.Hint() == "" {
		t.Error("no hint")
	}
	if err := probe("/bin/false", s.Shim()); !errors.As(err, &no) || no.Err == nil {
		t.Errorf("a program that fails: %v", err)
	}
}

// The probe does not see the user's environment, in which the loader may be told to speak.
func TestProbeIsAlone(t *testing.T) {
	needShim(t)
	t.Setenv("LD_DEBUG", "libs")
	t.Setenv("LD_PRELOAD", "/missing.so")
	s, err := New(Options{Parent: t.TempDir(), Wait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
