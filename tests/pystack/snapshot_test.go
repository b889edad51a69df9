package pystack

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/tests/pystack/snapshot"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

var update = flag.Bool("update", false, "write the snapshots of internal/pystack/testdata")

// A walk over what another walk read gives the same: that is what internal/pystack's own
// tests, and its fuzzing, run on.
func TestSnapshotIsWalkedAlike(t *testing.T) {
	script, err := os.ReadFile("testdata/snapshot.py")
	if err != nil {
		t.Fatal(err)
	}
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		// As text, so that no path of this machine is in it.
		c := start(t, py, "-I", "-S", "-c", string(script))
		taken := take(t, c)
		frames, truncated, err := pystack.Stack(taken, taken.Interpreter, taken.State, 0)
		if err != nil || truncated || !slices.Equal(frames, taken.Frames) {
			t.Errorf("walked again: error %v, truncated %v, %s", err, truncated, difference(frames, taken.Frames))
		}
		path := filepath.Join("../../internal/pystack/testdata", fmt.Sprintf("3.%02d.json", py.Minor))
		if *update {
			if err := taken.Save(path); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := snapshot.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if parting := difference(kept.Frames, taken.Frames); parting != "" {
			t.Errorf("%s, made with -update: %s", path, parting)
		}
	})
}

// take finds the thread that c told and keeps what that reads.
func take(t *testing.T, c *child) *snapshot.Snapshot {
	t.Helper()
	thread, err := strconv.ParseUint(string(bytes.TrimSpace(c.line)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	recorder := &snapshot.Recorder{Memory: c.memory}
	s := &snapshot.Snapshot{Interpreter: c.in, Thread: thread}
	if s.State, err = pystack.ThreadState(recorder, c.in, pystack.Thread{ID: thread}); err != nil {
		t.Fatal(err)
	}
	if s.Frames, _, err = pystack.Stack(recorder, c.in, s.State, 0); err != nil {
		t.Fatal(err)
	}
	if s.Holder, err = pystack.GILHolder(recorder, c.in, s.State); err != nil {
		t.Fatal(err)
	}
	s.Regions = recorder.Regions()
	return s
}
