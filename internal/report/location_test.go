package report

import "testing"

// TestThroughLink: a name that goes through what may be a link is not cleaned, and not one of the
// reader's own tree; a name without one is told from the working folder.
func TestThroughLink(t *testing.T) {
	r := New("1")
	r.Run.Cwd = new("/work")
	f := newFacts(r, Options{})
	for file, want := range map[string]location{
		"/work/src/x.c":          {file: "src/x.c", inside: true, line: 3},
		"/work/build/../src/x.c": {file: "/work/build/../src/x.c", line: 3},
	} {
		frame := Frame{File: new(file), Line: new(3)}
		if got, known := f.frameLocation(&Violation{}, frame); got != want || !known {
			t.Errorf("%s: %+v, want %+v", file, got, want)
		}
		text, wantText := newText(r, Options{}).filePlace(frame), "src/x.c:3"
		if !want.inside {
			wantText = "x.c:3"
		}
		if text != wantText {
			t.Errorf("%s: %q in text, want %q", file, text, wantText)
		}
	}
}
