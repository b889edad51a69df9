package pystack_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/tests/pystack/snapshot"
)

// snapshots loads what walks of each minor version read; tests/pystack makes them.
func snapshots(t testing.TB) map[string]*snapshot.Snapshot {
	t.Helper()
	paths, err := filepath.Glob("testdata/3.*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d snapshots: %v", len(paths), err)
	}
	all := map[string]*snapshot.Snapshot{}
	for _, path := range paths {
		if all[filepath.Base(path)], err = snapshot.Load(path); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestSnapshots(t *testing.T) {
	for name, s := range snapshots(t) {
		state, err := pystack.ThreadState(s, s.Interpreter, pystack.Thread{ID: s.Thread})
		if err != nil || state != s.State {
			t.Errorf("%s: state %#x, want %#x, error %v", name, state, s.State, err)
		}
		frames, truncated, err := pystack.Stack(s, s.Interpreter, s.State, 0)
		if err != nil || truncated || !slices.Equal(frames, s.Frames) {
			t.Errorf("%s: error %v, truncated %v, frames\n%+v, want\n%+v", name, err, truncated, frames, s.Frames)
		}
		if s.Interpreter.Version.Minor > 13 {
			continue // made before locks were looked at
		}
		if h, err := pystack.GILHolder(s, s.Interpreter, s.State); err != nil || h != s.Holder {
			t.Errorf("%s: holder %+v, want %+v, error %v", name, h, s.Holder, err)
		}
	}
}

// Each byte that was read is needed or guarded: with any region missing there are fewer
// frames or less in them, and never others.
func TestMissingRegions(t *testing.T) {
	for name, s := range snapshots(t) {
		for i, region := range s.Regions {
			damaged := *s
			damaged.Regions = slices.Delete(slices.Clone(s.Regions), i, i+1)
			frames, _, err := pystack.Stack(&damaged, s.Interpreter, s.State, 0)
			if len(frames) < len(s.Frames) && err == nil {
				t.Errorf("%s without %#x: %d of %d frames, no error", name, region.Address, len(frames), len(s.Frames))
			}
			for j, f := range frames {
				want := s.Frames[j]
				if f.Function != "" && f.Function != want.Function || f.File != "" && f.File != want.File ||
					f.Line != 0 && f.Line != want.Line {
					t.Errorf("%s without %#x: frame %d is %+v, want %+v or less", name, region.Address, j, f, want)
				}
			}
		}
	}
}

func TestUnknownVersionIsAnError(t *testing.T) {
	for _, s := range snapshots(t) {
		in := s.Interpreter
		for _, minor := range []int{-1, 0, 7, 99} {
			in.Version.Minor = minor
			if _, _, err := pystack.Stack(s, in, s.State, 0); err == nil {
				t.Errorf("3.%d: no error", minor)
			}
		}
		in = s.Interpreter
		in.Version.Major = 2
		if _, err := pystack.ThreadState(s, in, pystack.Thread{ID: s.Thread}); err == nil {
			t.Error("2: no error")
		}
	}
}
