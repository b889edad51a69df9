package shimfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

func TestFindPrefersTheEmbeddedShim(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, Name), []byte("beside"), 0o600); err != nil {
		t.Fatal(err)
	}
	embedded := fstest.MapFS{"assets/" + Name: {Data: []byte("embedded")}}
	for _, c := range []struct {
		name string
		fs   fstest.MapFS
		dir  string
		want string
		err  error
	}{
		{"embedded and beside", embedded, dir, "embedded", nil},
		{"beside only", fstest.MapFS{}, dir, "beside", nil},
		{"neither", fstest.MapFS{}, t.TempDir(), "", ErrMissing},
		{"no known executable", fstest.MapFS{}, "", "", ErrMissing},
	} {
		got, err := find(c.fs, c.dir)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: find = %q, %v; want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}

// An unreadable shim is another matter than a missing one: "run make" would not help.
func TestFindTellsUnreadableFromMissing(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, Name), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := find(fstest.MapFS{}, dir)
	if err == nil || errors.Is(err, ErrMissing) {
		t.Errorf("find over a folder named %s = %v, want an error that is not ErrMissing", Name, err)
	}
}
