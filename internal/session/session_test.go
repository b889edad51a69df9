package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/shimfile"
)

// needShim skips where the shim was not built, or fails where it should be.
func needShim(t *testing.T) {
	t.Helper()
	if !shimfile.Embedded() {
		if os.Getenv("CI") == "true" {
			t.Fatal(shimfile.ErrMissing)
		}
		t.Skip(shimfile.Hint)
	}
}

func TestFiles(t *testing.T) {
	needShim(t)
	for _, umask := range []int{0, 0o077, 0o777 &^ 0o700} {
		had := unix.Umask(umask)
		s, err := New(Options{Parent: t.TempDir(), Embedded: true, JournalMax: 1 << 40})
		unix.Umask(had)
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]fs.FileMode{
			s.Folder: 0o700 | fs.ModeDir, s.Shim(): 0o500, s.Bell(): 0o600 | fs.ModeNamedPipe,
			filepath.Join(s.Folder, "settings"): 0o400,
		} {
			if info, err := os.Lstat(path); err != nil || info.Mode() != want {
				t.Errorf("umask %03o: %s: mode %v, want %v (%v)", umask, path, info.Mode(), want, err)
			}
		}
		settings := journal.Settings{Wait: DefaultWait, JournalMax: journal.MaxSize, Embedded: true, Sensors: journal.AllSensors}
		settings.Acquire = DefaultAcquire
		want := settings.Bytes()
		if got, err := os.ReadFile(filepath.Join(s.Folder, "settings")); err != nil || !slices.Equal(got, want) {
			t.Errorf("settings %x, want %x (%v)", got, want, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(s.Folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a closed session left its folder: %v", err)
		}
	}
}

func TestKeep(t *testing.T) {
	needShim(t)
	s, err := New(Options{Parent: t.TempDir(), Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, closed := range []*Session{s, Open(s.Folder)} {
		if err := closed.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(s.Shim()); err != nil {
			t.Error(err)
		}
	}
}

func TestJournals(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "with [brackets] and *")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	var want []string
	for name, is := range map[string]bool{
		"1.0": true, "4194304.12": true, "settings": false, "libgilwatch.so": false, "1": false, "1.": false,
		".1": false, "1.0.1": false, "-1.0": false, "1.x": false, "99999999999.0": false,
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if is {
			want = append(want, path)
		}
	}
	slices.Sort(want)
	if got, err := Open(folder).Journals(); err != nil || !slices.Equal(got, want) {
		t.Errorf("journals %q, %v; want %q", got, err, want)
	}
	if got, err := Open(os.DevNull).Journals(); err != nil || got != nil {
		t.Errorf("of no folder: %q, %v", got, err)
	}
	// A folder that somebody removed had journals: to say «none» would be a lie.
	if _, err := Open(folder + "/gone").Journals(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a folder that is gone: %v", err)
	}
}

func TestEnviron(t *testing.T) {
	s := Open("/s")
	const shim = "/s/libgilwatch.so"
	for _, c := range []struct{ environ, want []string }{
		{nil, []string{"LD_PRELOAD=" + shim}},
		{[]string{"A=1", "B="}, []string{"A=1", "B=", "LD_PRELOAD=" + shim}},
		{[]string{"LD_PRELOAD=/lib/asan.so", "A=1"}, []string{"A=1", "LD_PRELOAD=/lib/asan.so:" + shim}},
		{[]string{"LD_PRELOAD=a.so b.so:c.so"}, []string{"LD_PRELOAD=a.so:b.so:c.so:" + shim}},
		{[]string{"LD_PRELOAD=a.so:/o/libgilwatch.so b.so"}, []string{"LD_PRELOAD=a.so:b.so:" + shim}},
		{[]string{"LD_PRELOAD=/o/libgilwatch.so:/p/libgilwatch.so"}, []string{"LD_PRELOAD=" + shim}},
		{[]string{"LD_PRELOAD=/o/libgilwatch.so.1"}, []string{"LD_PRELOAD=/o/libgilwatch.so.1:" + shim}},
		{[]string{"LD_PRELOAD="}, []string{"LD_PRELOAD=" + shim}},
		{[]string{"LD_PRELOAD= :"}, []string{"LD_PRELOAD=" + shim}},
		{[]string{"LD_PRELOAD=a.so", "LD_PRELOAD=b.so"}, []string{"LD_PRELOAD=b.so:" + shim}},
		{[]string{"LD_PRELOAD=a.so", "LD_PRELOAD="}, []string{"LD_PRELOAD=" + shim}},
		{[]string{"LD_PRELOAD_X=1", "XLD_PRELOAD=1", "LD_PRELOAD"}, []string{"LD_PRELOAD_X=1", "XLD_PRELOAD=1", "LD_PRELOAD", "LD_PRELOAD=" + shim}},
	} {
		given := slices.Clone(c.environ)
		if got := s.Environ(c.environ); !slices.Equal(got, c.want) {
			t.Errorf("of %q: %q, want %q", c.environ, got, c.want)
		}
		if !slices.Equal(given, c.environ) {
			t.Errorf("%q was changed", given)
		}
	}
}
