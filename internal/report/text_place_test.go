package report

import "testing"

// What is not known of the frame that an entry is about is said with its reason, the file's or
// the debug information's; where nothing is missing nothing is said.
func TestMissing(t *testing.T) {
	named := Frame{Function: new("work"), Module: new("/x/ext.so")}
	with := func(f Frame, change func(*Frame)) Frame {
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		frame Frame
		want  string
	}{
		"whole":  {with(named, func(f *Frame) { f.File = new("ext.c") }), ""},
		"no -g":  {named, "has no debug information here: names are of its symbol table"},
		"said":   {with(named, func(f *Frame) { f.Reason = new("no debug information") }), "has no debug information here: names are of its symbol table"},
		"near":   {with(named, func(f *Frame) { f.Nearest = true }), "has no debug information here: the name is that of the nearest symbol before it"},
		"broken": {with(named, func(f *Frame) { f.Reason = new("x.debug: not\x1bELF") }), `has no lines here: x.debug: not\x1bELF; names are of its symbol table`},
		"gone":   {Frame{Reason: new("gone: no such file")}, "has no names here: gone: no such file"},
		"split": {with(named, func(f *Frame) { f.File, f.Reason = new("ext.c"), new("ext.dwo: file does not exist") }),
			"may lack inlined calls here: ext.dwo: file does not exist"},
	} {
		if got := missing(c.frame); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
