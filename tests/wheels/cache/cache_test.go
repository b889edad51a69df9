package cache

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// builder writes one file, after as many failures as asked for, and counts its calls.
type builder struct{ calls, failures int }

func (b *builder) build(dir string) error {
	b.calls++
	if err := os.WriteFile(filepath.Join(dir, "built"), nil, 0o644); err != nil {
		return err
	}
	if b.calls <= b.failures {
		return errors.New("not this time")
	}
	return nil
}

func TestFolderIsBuiltOnce(t *testing.T) {
	t.Setenv("GILWATCH_TEST_CACHE", t.TempDir())
	var b builder
	first := Folder(t, "thing", []string{"1"}, b.build)
	if second := Folder(t, "thing", []string{"1"}, b.build); second != first || b.calls != 1 {
		t.Errorf("built %d times, in %s and %s", b.calls, first, second)
	}
	if other := Folder(t, "thing", []string{"2"}, b.build); other == first || b.calls != 2 {
		t.Errorf("another key: built %d times, in %s", b.calls, other)
	}
	if _, err := os.Stat(filepath.Join(first, "built")); err != nil {
		t.Error(err)
	}
}

func TestFailedBuildIsBuiltAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "thing")
	b := builder{failures: 1}
	if err := fill(dir, b.build); err == nil {
		t.Error("a failed build was taken for a finished one")
	}
	left := filepath.Join(dir, "left over")
	if err := os.WriteFile(left, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := fill(dir, b.build); err != nil || b.calls != 2 {
		t.Errorf("second time: %v after %d calls", err, b.calls)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what the failed build left is still there")
	}
}

func TestBuildersWaitForEachOther(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "thing")
	var b builder // its counter is unguarded: the lock guards it, and -race watches that
	done := make(chan error)
	const builders = 4
	for range builders {
		go func() { done <- fill(dir, b.build) }()
	}
	for range builders {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if b.calls != 1 {
		t.Errorf("built %d times", b.calls)
	}
}
