package source

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/report"
)

// write makes a file in a folder of the test's own.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ext.cpp")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLines(t *testing.T) {
	path := write(t, "one\n\ttwo  \r\n\nfour\nfive")
	var r Reader
	for name, test := range map[string]struct {
		line, around int
		want         []report.SourceLine
	}{
		"middle":        {2, 1, []report.SourceLine{{Line: 1, Text: "one"}, {Line: 2, Text: "\ttwo", Mark: true}}},
		"marked empty":  {3, 0, []report.SourceLine{{Line: 3, Mark: true}}},
		"last, cut off": {5, 1, []report.SourceLine{{Line: 4, Text: "four"}, {Line: 5, Text: "five", Mark: true}}},
		"first":         {1, -7, []report.SourceLine{{Line: 1, Text: "one", Mark: true}}},
		"behind":        {6, 2, nil},
		"before":        {0, 2, nil},
	} {
		if got := r.Lines("", path, test.line, test.around, time.Time{}); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// TestNewer: a file that was changed after the module was built is not shown, an older one is.
func TestNewer(t *testing.T) {
	path := write(t, "line\n")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var r Reader
	if got := r.Lines("", path, 1, 0, info.ModTime().Add(-time.Hour)); got != nil {
		t.Errorf("newer than the module: %+v", got)
	}
	for _, built := range []time.Time{{}, info.ModTime(), info.ModTime().Add(time.Hour)} {
		if got := r.Lines("", path, 1, 0, built); len(got) != 1 {
			t.Errorf("module of %v: %+v", built, got)
		}
	}
}

// TestNotText: what is no regular file of text is not shown, and never waited for.
func TestNotText(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo.c")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.c")
	if err := os.Symlink(fifo, link); err != nil {
		t.Fatal(err)
	}
	huge := filepath.Join(dir, "huge.c")
	if err := os.WriteFile(huge, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, maxFile+1); err != nil {
		t.Fatal(err)
	}
	var r Reader
	for _, path := range []string{
		"", "relative.c", fifo, link, dir, huge, write(t, "bin\x00ary\n"), write(t, ""), filepath.Join(dir, "gone.c"),
		"/dev/zero", "/dev/tty", "/proc/kmsg", "/proc/self/maps", "/\x00", "/" + strings.Repeat("x", 10000),
	} {
		if got := r.Lines("", path, 1, 2, time.Time{}); got != nil {
			t.Errorf("%q: %+v", path, got)
		}
	}
}

func TestLongLine(t *testing.T) {
	path := write(t, strings.Repeat("ü", 5000)+"\n\xff\xfe\n")
	var r Reader
	got := r.Lines("", path, 1, 9999, time.Time{})
	if len(got) != 2 || len(got[0].Text) > maxLine+len("…") || !strings.HasSuffix(got[0].Text, "ü…") || got[1].Text != "�" {
		t.Errorf("got %+v", got)
	}
}

func TestCacheIsBounded(t *testing.T) {
	dir := t.TempDir()
	var r Reader
	for i := range 3 * maxCachedFiles {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, when := range []string{"read", "kept"} {
			if r.Lines("", path, 1, 0, time.Time{}) == nil {
				t.Fatalf("%s: not shown", when)
			}
		}
		if len(r.cache.files) > maxCachedFiles || r.cache.bytes > maxCachedBytes {
			t.Fatalf("%d files, %d bytes", len(r.cache.files), r.cache.bytes)
		}
	}
}
