package report

import "testing"

// Columns are told in UTF-16 code units where the line is known, and else not at all: bytes are
// right only where all before is ASCII.
func TestUTF16Column(t *testing.T) {
	const umlauts, wide = `f("äöü", PyLong_FromLong(1));`, `f("🐍漢", PyLong_FromLong(1));`
	for name, c := range map[string]struct {
		text         string
		line, column int
		want         int
	}{
		"ASCII":              {"\tPyLong_FromLong(1);", 7, 2, 2},
		"first":              {"f();", 7, 1, 1},
		"two bytes each":     {umlauts, 7, len(`f("äöü", `) + 1, 10},
		"four and three":     {wide, 7, len(`f("🐍漢", `) + 1, 10},
		"another line":       {umlauts, 8, 2, 0},
		"behind the end":     {"f();", 7, 9, 0},
		"inside a character": {umlauts, 7, 5, 0},
		"behind no text":     {"f(\"\ufffd\", g());", 7, 9, 0},
		"no column":          {"f();", 7, 0, 0},
	} {
		v := Violation{
			NativeStack: []Frame{{Function: new("f"), File: new("/src/f.c"), Line: &c.line, Column: &c.column}},
			Source:      []SourceLine{{Line: 6, Text: "{"}, {Line: 7, Text: c.text, Mark: true}},
		}
		if got := utf16Column(&v, v.NativeStack[0]); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	v := Violation{NativeStack: []Frame{{Function: new("f"), File: new("/src/f.c"), Line: new(7)}}, Source: []SourceLine{{Line: 7, Text: "f();"}}}
	for _, other := range []Frame{{File: new("/src/g.c"), Line: new(7), Column: new(2)}, {File: new("/src/f.c"), Column: new(2)}, {}} {
		if got := utf16Column(&v, other); got != 0 {
			t.Errorf("%+v: %d", other, got)
		}
	}
}
