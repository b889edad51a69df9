package bindings

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// explained fails unless the report says of the pair's violation what must be said.
func (p pair) explained(t *testing.T, b built, v watch.Violation) {
	t.Helper()
	for _, stack := range []struct {
		what   string
		frames []watch.Frame
		marks  []string
	}{
		{"called", v.NativeStack, p.calls}, {"released", v.ReleasedAt, p.released}, {"thread started", v.ThreadStartedAt, p.started},
	} {
		got := marked(t, b, stack.frames)
		if got = got[:min(len(got), len(stack.marks))]; !slices.Equal(got, stack.marks) {
			t.Errorf("%s at marks %q, want %q: %v", stack.what, got, stack.marks, stack.frames)
		}
	}
	sameLines(t, slices.Concat(v.NativeStack, v.ReleasedAt, v.ThreadStartedAt), b.made)
	if v.Hint == nil {
		t.Errorf("no hint")
		return
	}
	for _, want := range p.hint {
		if !strings.Contains(*v.Hint, want) {
			t.Errorf("the hint does not say %q:\n%s", want, *v.Hint)
		}
	}
}

// marked is what the lines of those frames are marked with that lie in a fixture's source,
// or in what a generator made of it, innermost first: `MARK name` at their end. A line
// without a mark stands for itself.
func marked(t *testing.T, b built, frames []watch.Frame) []string {
	t.Helper()
	var names []string
	for _, frame := range frames {
		if frame.File == nil || frame.Line == nil || *frame.Line == 0 ||
			!strings.HasPrefix(*frame.File, testdata(t, "")) && filepath.Dir(*frame.File) != b.modules {
			continue
		}
		source, err := os.ReadFile(*frame.File)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(source), "\n")
		line := lines[min(*frame.Line, len(lines))-1]
		if _, mark, ok := strings.Cut(line, "MARK "); ok {
			names = append(names, strings.TrimSuffix(mark, " */"))
		} else {
			names = append(names, strings.TrimSpace(line))
		}
	}
	return names
}

// needs skips the test without a tool; with CI=true it fails it.
func needs(t testing.TB, tool, install string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no %s: install %s", tool, install)
	}
	t.Skipf("no %s: install %s", tool, install)
}
