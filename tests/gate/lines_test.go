package gate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// The report names the very lines of the call, of the release and of the thread's creation,
// inlined calls included.
func TestLines(t *testing.T) {
	marks := readMarks(t, "lines.c")
	onEach(t, "lines.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_released()", watch.Want{Function: touched})
		at(t, "called", v.NativeStack, marks, "call inner", "call outer")
		at(t, "released", v.ReleasedAt, marks, "release inner", "release outer")
		if len(v.PythonStack) == 0 || v.PythonStack[len(v.PythonStack)-1].Function != "<module>" {
			t.Errorf("Python stack %v", v.PythonStack)
		}

		v = s.wrong(t, "wrong_thread()", watch.Want{Function: touched})
		if len(v.ThreadStartedAt) < 2 {
			t.Fatalf("thread started at %v", v.ThreadStartedAt)
		}
		at(t, "thread started", v.ThreadStartedAt[1:], marks, "thread") // [0] is run_thread, inlined
		s.right(t, "right_released()", "right_thread()")
	}, fixture.Lazy, fixture.Unoptimized)
}

// Where a part of the debug information is missing, the report says which, and has the lines.
func TestMissingSplit(t *testing.T) {
	onEach(t, "lines.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_released()", watch.Want{Function: touched})
		f := v.NativeStack[0]
		want := ""
		if strings.HasSuffix(t.Name(), "/split") { // the fixture's .dwo file is not kept
			want = ".dwo: file does not exist"
		}
		if f.Line == nil || !strings.HasSuffix(f.Because(), want) || want == "" && f.Reason != nil {
			t.Errorf("%s, because %q, want a line and %q", f.Source(), f.Because(), want)
		}
		s.right(t, "right_released()")
	}, fixture.Lazy, fixture.Lazy.With("split", "-gsplit-dwarf"))
}

// A function that makes the call in two lines is one entry that names both.
func TestTwoLines(t *testing.T) {
	marks := readMarks(t, "lines.c")
	onEach(t, "lines.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_twice()", watch.Want{Function: touched, Count: 2})
		at(t, "called", v.NativeStack, marks, "first")
		if want := []string{fmt.Sprintf("%s:%d", marks.file, marks.lines["second"])}; !slices.Equal(v.AlsoAt, want) {
			t.Errorf("also at %v, want %v", v.AlsoAt, want)
		}
		s.right(t, "right_twice()")
	}, fixture.Lazy, fixture.Unoptimized)
}

// marks are the lines of a fixture that bear `MARK name`, by name.
type marks struct {
	file  string
	lines map[string]int
}

// readMarks reads a fixture of testdata.
func readMarks(t *testing.T, name string) marks {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	found := marks{name, map[string]int{}}
	for i, line := range strings.Split(string(source), "\n") {
		if _, mark, ok := strings.Cut(line, "/* MARK "); ok {
			found.lines[strings.TrimSuffix(mark, " */")] = i + 1
		}
	}
	return found
}

// at fails unless the innermost frames stand at the marked lines.
func at(t *testing.T, what string, frames []watch.Frame, marks marks, names ...string) {
	t.Helper()
	for i, name := range names {
		if i >= len(frames) || frames[i].Line == nil || *frames[i].Line != marks.lines[name] ||
			frames[i].File == nil || filepath.Base(*frames[i].File) != marks.file {
			t.Errorf("%s at %v, want frame %d at line %d (%s)", what, frames, i, marks.lines[name], name)
		}
	}
}

// through fails unless the marked line is on the stack, behind frames of inlined functions.
func through(t *testing.T, what string, frames []watch.Frame, marks marks, name string) {
	t.Helper()
	for _, frame := range frames {
		if frame.File != nil && filepath.Base(*frame.File) == marks.file {
			at(t, what, []watch.Frame{frame}, marks, name)
			return
		}
		if !frame.Inlined {
			break
		}
	}
	t.Errorf("%s at %v, want line %d (%s)", what, frames, marks.lines[name], name)
}
