package suppress

import (
	"errors"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
)

// violation is a capsule made by soxr in a test.
func violation() *report.Violation {
	return &report.Violation{
		Function: "PyCapsule_New", Count: 10, ThreadName: new("worker-1"),
		Tests: []string{"tests/test_resample.py::test_divide[float32] (call)", "tests/test_resample.py::test_divide[float64] (setup)"},
		NativeStack: []report.Frame{
			{Function: new("nanobind::detail::capsule_new(void const*)"), Module: new("/v/soxr_ext.abi3.so")},
			{Function: new("divide_proc<float>(int)"), File: new("/src/ext/soxr_ext.cpp"), Module: new("/v/soxr_ext.abi3.so")},
			{Function: new("_PyEval_EvalFrameDefault"), Module: new("/p/libpython3.12.so"), Interpreter: true},
		},
		PythonStack: []report.PythonFrame{{Function: new("resample"), File: new("/v/soxr/__init__.py")}},
	}
}

func one(t *testing.T, line string) *Rule {
	t.Helper()
	rules, err := Parse("x.supp", strings.NewReader(line))
	if err != nil || len(rules) != 1 {
		t.Fatalf("%q: %d rules, %v", line, len(rules), err)
	}
	return rules[0]
}

// TestMatches has for each kind what matches, and its twin that does not.
func TestMatches(t *testing.T) {
	for line, want := range map[string]bool{
		"function:PyCapsule_New": true, "function:PyCapsule_*": true, "function:PyCapsule": false, "function:Py??psule_New": true,
		"frame:_PyEval_*": true, "frame:divide_proc<float>": true, "frame:divide_proc<float>(int)": true, "frame:divide": false,
		"top:divide_proc*": true, "top:nanobind::*": false,
		"module:soxr_ext.abi3.so": true, "module:soxr_ext": true, "module:soxr*": true, "module:libpython*": false,
		"file:soxr_ext.cpp": true, "file:ext/soxr_ext.cpp": true, "file:/src/*": true, "file:ext": false, "file:*.py": false,
		"python:resample": true, "python:soxr/__init__.py": true, "python:__init__.py": true, "python:test_*": false,
		"test:tests/test_resample.py::*": true, "test:*float32]": false, "test:*test_divide[float??]": true, "test:*(call)": false,
		"thread:worker-?": true, "thread:Main*": false,
		"function:PyCapsule_New & module:soxr*": true, "function:PyCapsule_New & module:other": false,
		"  function:PyCapsule_New   # because": true, "top:*": true,
	} {
		if got := one(t, line).Matches(violation()); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// TestMatchesUnknown: what is not known matches nothing but the function.
func TestMatchesUnknown(t *testing.T) {
	nothing := &report.Violation{Function: "PyList_New", Count: 1}
	for _, name := range KindNames() {
		if got := one(t, name+":*").Matches(nothing); got != (name == "function") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestParse(t *testing.T) {
	rules, err := Parse("x.supp", strings.NewReader("# why\n\n \t\nfunction:a\n  # more\nframe:b#1 # lambda\r\n"))
	if err != nil || len(rules) != 2 || rules[1].Text != "frame:b#1" || rules[1].Line != 6 || rules[0].File != "x.supp" {
		t.Errorf("%+v, %v", rules, err)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"function:a\nPyList_New":     `x.supp:2: "PyList_New" is not KIND:GLOB`,
		"fun:a":                      `x.supp:1: unknown kind "fun" in "fun:a"`,
		"function:":                  `x.supp:1: no pattern in "function:"`,
		"function:a & ":              `x.supp:1: "" is not KIND:GLOB`,
		"function:a & b":             `x.supp:1: "b" is not KIND:GLOB`,
		strings.Repeat("x", maxLine): `x.supp:1: longer than 65536 bytes`,
	} {
		_, err := Parse("x.supp", strings.NewReader(text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || err.Error() != want {
			t.Errorf("%.40q: %v, want %s", text, err, want)
			continue
		}
		if !strings.Contains(syntax.Hint(), "function, frame, top, module, file, python, test, thread") {
			t.Errorf("hint %q", syntax.Hint())
		}
	}
}

func TestList(t *testing.T) {
	first, second := one(t, "module:other"), one(t, "function:PyCapsule_New")
	third := one(t, "top:divide*") // never asked: the first that matches counts
	l := New([]*Rule{first}, []*Rule{second, third})
	l.Suppresses(violation())
	if !l.Suppresses(violation()) || l.Suppresses(&report.Violation{Function: "PyList_New"}) {
		t.Error("not the right ones")
	}
	if got := l.Suppressed(); len(got) != 1 || got[0] != (report.Suppressed{Rule: "function:PyCapsule_New", Count: 20}) {
		t.Errorf("got %v", got)
	}
	if got := l.Unused(); len(got) != 2 || got[0] != first || got[1] != third {
		t.Errorf("unused: %v", got)
	}
}

// TestSuppression: a rule matches what it was made for, whatever that is called, and is narrow.
func TestSuppression(t *testing.T) {
	v := violation()
	if got, want := report.Suppression(v), "function:PyCapsule_New & top:divide_proc<float> & module:soxr_ext"; got != want {
		t.Errorf("got %s", got)
	}
	other := violation()
	other.NativeStack[1].Function = new("other()")
	if one(t, report.Suppression(v)).Matches(other) {
		t.Error("it matches another function")
	}
	for _, name := range hostileNames {
		checkSuppression(t, name)
	}
}

// hostileNames are for terminals, for patterns, for the syntax of a rule and for its length.
var hostileNames = []string{
	"", " & ", "a & b", "a & & b", "&", "a &", "& a", "&&", " &&& ", "std::f(int&)", "x #y", "x  ##y", "#", `a\b`, `\`, "*", "**", "a?b", " ",
	"two\nlines", "\t#tab", "\x1b[31mred", "not UTF-8 \xff\xfe", "\xff", "\ufffd", "\u202eback", "\u00a0", "no\u00a0break", "漢字", "e\u0301",
	"long<" + strings.Repeat("int, ", 40) + "int>::f(int)", strings.Repeat("x", 100_000), strings.Repeat("a\x01", 5_000),
	strings.Repeat("a & ", 5_000), strings.Repeat("\u0301", 100_000), strings.Repeat("漢", 30_000), "a" + strings.Repeat(" ", 1_000) + "b",
}

// checkSuppression checks that the rule for what has this name everywhere is one line that can
// be read and printed, and matches.
func checkSuppression(t *testing.T, name string) {
	t.Helper()
	v := violation()
	v.Function, v.NativeStack[1].Function, v.NativeStack[1].Module = name, &name, new("/v/"+name)
	rule := report.Suppression(v)
	if rule != report.Clean(rule) {
		t.Errorf("%.40q: the rule cannot be printed: %.200q", name, rule)
	}
	if read := one(t, rule); read.Text != rule || !read.Matches(v) {
		t.Errorf("%.40q: %.200s does not match", name, rule)
	}
}

func FuzzSuppression(f *testing.F) {
	for _, name := range hostileNames {
		if len(name) < 1_000 { // the fuzzer takes its time to shorten those
			f.Add(name)
		}
	}
	f.Fuzz(checkSuppression)
}

// TestBuiltin: each rule that comes with gilwatch has a reason and a link above it.
func TestBuiltin(t *testing.T) {
	rules, err := Builtin()
	if err != nil || len(rules) == 0 {
		t.Fatalf("%d rules, %v", len(rules), err)
	}
	lines := strings.Split(string(builtin), "\n")
	for _, r := range rules {
		above := r.Line - 2
		for lines[above] != "" && !strings.HasPrefix(lines[above], "#") {
			above-- // rules under one reason
		}
		if !strings.HasPrefix(lines[above], "# https://") || !strings.HasPrefix(lines[above-1], "# ") {
			t.Errorf("line %d has no reason and link above it", r.Line)
		}
		if !r.Builtin || len(r.terms) < 2 {
			t.Errorf("line %d is too wide: %s", r.Line, r.Text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("function:a & top:*b?\n# c")
	f.Add("x")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := Parse("x", strings.NewReader(text))
		var syntax *SyntaxError
		if err != nil && !errors.As(err, &syntax) {
			t.Fatal(err)
		}
		for _, r := range rules {
			r.Matches(violation())
			again := one(t, r.Text)
			if again.Text != r.Text {
				t.Errorf("%q became %q", r.Text, again.Text)
			}
		}
	})
}
