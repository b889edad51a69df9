package journal

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// A journal that grows gives each violation with the modules up to then, whichever was
// looked up before, and although entries before it are not finished yet.
func TestFollow(t *testing.T) {
	whole := &Journal{Pid: 7, Modules: []Module{{Path: "/a", End: 1}, {Path: "/b", End: 2}, {Path: "/c", End: 3, Unloaded: 1}}}
	for range 3 {
		whole.Violations = append(whole.Violations, Violation{Kind: "gil-not-held", Function: "f", Count: 1, Frames: []uint64{1}})
	}
	data := whole.Bytes()
	want, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "7.0")
	write := func(cursor uint64, change func(b []byte)) {
		b := append([]byte(nil), data...)
		h := at[rawHeader](b, 0)
		h.Cursor = cursor
		copy(b, raw(&h))
		if change != nil {
			change(b)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	unfinished := func(b []byte) { copy(b[want.Modules[1].Offset:], make([]byte, 4)) } // its type
	f := Follow(path)
	check := func(violation, modules int) {
		t.Helper()
		j, v, err := f.At(want.Violations[violation].Offset)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(*v, want.Violations[violation]) || len(j.Violations) != 1 || len(j.Modules) != modules {
			t.Errorf("%d modules, want %d, and violation\n%+v, want\n%+v", len(j.Modules), modules, *v, want.Violations[violation])
		}
	}
	write(want.Violations[1].Offset, unfinished)
	check(0, 2)
	write(want.Violations[2].Offset, nil)
	check(1, 3)
	check(0, 3)
	write(uint64(len(data)), nil)
	check(2, 3)
	if j, _, err := f.At(want.Violations[2].Offset); err != nil || !reflect.DeepEqual(j.Modules, want.Modules) {
		t.Errorf("%v, modules\n%+v, want\n%+v", err, j.Modules, want.Modules)
	}
	for _, offset := range []uint64{0, 8, want.Modules[0].Offset, uint64(len(data)), 1 << 62} {
		if _, _, err := f.At(offset); !errors.Is(err, ErrNoViolation) {
			t.Errorf("at %d: %v", offset, err)
		}
	}
	if _, _, err := Follow(path + "x").At(8); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
