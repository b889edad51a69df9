package filetree

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Below another root an absolute link leads to a file of that tree, and ".." does not lead out
// of it; our own tree is as it always is. What is no regular file is not opened.
func TestOpen(t *testing.T) {
	folder := t.TempDir()
	root := filepath.Join(folder, "root")
	inRoot := func(path string) string { return filepath.Join(root, path) }
	for _, err := range []error{
		os.MkdirAll(inRoot(folder), 0o700), os.WriteFile(filepath.Join(folder, "ours"), []byte("ours"), 0o600),
		os.WriteFile(inRoot(folder+"/ours"), []byte("theirs"), 0o600), os.Symlink(folder, inRoot("link")),
		os.WriteFile(inRoot("top"), []byte("top"), 0o600), unix.Mkfifo(inRoot("fifo"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ root, path, want string }{
		{"", folder + "/ours", "ours"},
		{root, folder + "/ours", "theirs"},
		{root, "/link/ours", "theirs"},
		{root, "/../../top", "top"},
		{"", root + "/link/ours", "ours"},
	} {
		file, err := Open(c.root, c.path)
		if err != nil {
			t.Errorf("%s below %q: %v", c.path, c.root, err)
			continue
		}
		text, err := io.ReadAll(file)
		info, statErr := Stat(c.root, c.path)
		if err != nil || statErr != nil || string(text) != c.want || info.Size() != int64(len(c.want)) {
			t.Errorf("%s below %q: %q, %v, %v; want %q", c.path, c.root, text, err, statErr, c.want)
		}
		file.Close()
	}
	for path, want := range map[string]error{"/fifo": ErrNotRegular, "/link": ErrNotRegular, "/none": fs.ErrNotExist, "top": fs.ErrInvalid} {
		if _, err := Open(root, path); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
}
