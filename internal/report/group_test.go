package report

import (
	"slices"
	"strings"
	"testing"
)

// called returns a violation of PyList_New in helper, at a line of ext.c, below callers.
func called(line int, callers ...string) Violation {
	own := frame("helper", extension, 0x10)
	own.File, own.Line = new("/src/ext.c"), &line
	stack := []Frame{own}
	for _, caller := range callers {
		stack = append(stack, frame(caller, extension, 0x20))
	}
	v := Violation{Kind: KindGILNotHeld, Severity: SeverityError, Function: "PyList_New", Count: 2, PID: 1, TID: 1,
		Processes: []int{1}, NativeStack: stack}
	v.ID = ID(v.Kind, v.Function, stack)
	return v
}

func TestGrouped(t *testing.T) {
	other := called(7, "one")
	other.Function = "PyDict_New"
	tail := called(7, "three")
	tail.TailCall = true
	nearest := called(7, "four")
	nearest.NativeStack[0].Nearest = true
	fatal := called(7, "two")
	fatal.Fatal, fatal.Processes = true, []int{2}
	in := []Violation{called(7, "one"), other, fatal, called(8, "one"), tail, nearest, {ID: "x"}, {ID: "y"}}
	got := grouped(in)
	var sizes []int
	for _, e := range got {
		sizes = append(sizes, 1+len(e.others))
	}
	if !slices.Equal(sizes, []int{2, 1, 1, 1, 1, 1, 1}) {
		t.Fatalf("entries of %v", sizes)
	}
	e := got[0]
	if e.ID != in[0].ID || e.Count != 4 || !e.Fatal || !slices.Equal(e.Processes, []int{1, 2}) || e.others[0].ID != fatal.ID {
		t.Errorf("got %+v", e)
	}
	if in[0].Count != 2 || in[0].Fatal || len(in[0].Processes) != 1 {
		t.Errorf("the argument was changed: %+v", in[0])
	}
}

// TestParting: of another caller the frame is named at which the stacks part.
func TestParting(t *testing.T) {
	from := called(7, "one", "main")
	deeper := called(7, "one", "main")
	deeper.NativeStack = append([]Frame{frame("nanobind::list::append", extension, 1)}, deeper.NativeStack...)
	for want, v := range map[string]Violation{
		"two": called(7, "two", "main"), "other": called(7, "one", "other"), "last": called(7, "one", "main", "last"),
		"nanobind::list::append": deeper, "helper": called(7, "one", "main"),
	} {
		if got := parting(&v, &from).Name(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestOneBugIsOneEntry: the text has one headline for what has one place, and says how many
// calls that are; two places have two.
func TestOneBugIsOneEntry(t *testing.T) {
	r := clean()
	r.Violations = []Violation{called(7, "one"), called(7, "two")}
	got := render(t, "text", r, Options{})
	if strings.Count(got, "PyList_New called") != 1 || !strings.Contains(got, "4 times") || !strings.Contains(got, "other callers\n      two") {
		t.Errorf("one place:\n%s", got)
	}
	r.Violations = []Violation{called(7, "one"), called(8, "two")}
	got = render(t, "text", r, Options{})
	if strings.Count(got, "PyList_New called") != 2 || strings.Contains(got, "other callers") {
		t.Errorf("two places:\n%s", got)
	}
}

// TestPathsInsideTheRun: what lies in the working folder is shown from there on.
func TestPathsInsideTheRun(t *testing.T) {
	tx := newText(&Report{Run: Run{Cwd: new("/src/project")}}, Options{})
	for file, want := range map[string]string{
		"/src/project/lib/ext.c": "lib/ext.c", "/src/project/./lib/../ext.c": "ext.c", "/src/projects/lib/ext.c": "ext.c",
		"/usr/include/x.h": "x.h", "lib/ext.c": "ext.c",
	} {
		if got := tx.filePlace(Frame{File: &file}); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
	for file, want := range map[string]string{
		"/src/project/pkg/mod.py": "pkg/mod.py", "/venv/lib/python3.12/site-packages/pkg/mod.py": "pkg/mod.py",
		"/src/project/.venv/lib/python3.12/site-packages/pkg/mod.py": "pkg/mod.py", "/usr/lib/python3.12/json/a.py": "/usr/lib/python3.12/json/a.py",
		"<string>": "<string>",
	} {
		if got := tx.pythonFile(file); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
}
