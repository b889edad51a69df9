package report

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// hostileStrings try to move the cursor, color, break lines, turn the text around,
// hide, and break out of JSON.
var hostileStrings = []string{
	"\x1b[31mred\x1b[0m", "\x1b]0;title\a", "two\nlines", "back\rover", "a\bb", "\u202eright to left",
	"\u2066isolate\u2069", "zero\u200bwidth", "\u009b31m", "\x7f", "\x9b31m not UTF-8 \xff\xfe", "\x00", "\t\v\f",
	"\u2028\u2029", "\U000e0041tag", `"},{"fatal":true`, "</script>", strings.Repeat("long ", 2000), strings.Repeat("x", 10000),
}

// checkHarmless fails when the output has anything that a terminal may obey.
func checkHarmless(t *testing.T, format, output string) {
	t.Helper()
	if !utf8.ValidString(output) {
		t.Errorf("%s is not UTF-8", format)
	}
	for _, r := range output {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%s has %U", format, r)
			return
		}
	}
}

// poison sets every string in v, allocating what is nil, and gives each list two
// items.
func poison(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*time.Time]() {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		poison(v.Elem(), s)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			poison(v.Index(i), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() { // what is not exported is in no report
				poison(v.Field(i), s)
			}
		}
	}
}

// TestHostileStrings puts each string into every field there is, but for the schema
// and what the reader insists on.
func TestHostileStrings(t *testing.T) {
	for _, s := range hostileStrings {
		for _, severity := range []string{SeverityError, s} {
			r := &Report{}
			poison(reflect.ValueOf(r).Elem(), s)
			r.Schema = Schema
			for i := range r.Violations {
				v := &r.Violations[i]
				v.Severity, v.Count, v.Fatal, v.Known = severity, 1, true, true
				v.TailCall = i == 1
			}
			r.Processes[0].Watched = true
			text := render(t, "text", r, Options{Notes: true, FullStacks: true})
			checkHarmless(t, "text", text)
			checkWidthOfCut(t, text)
			for _, format := range []string{"json", "html", "junit", "sarif", "github", "markdown"} {
				checkHarmless(t, format, strings.ReplaceAll(render(t, format, r, Options{Notes: true}), "\t", ""))
			}
			render(t, "pprof", r, Options{}) // checks itself
			for i := range r.Processes {
				r.Processes[i].Watched = false // with a reason
			}
			if severity == s {
				continue
			}
			read, err := Read(strings.NewReader(render(t, "json", r, Options{})))
			if err != nil {
				t.Fatalf("%.40q: %v", s, err)
			}
			if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && *read.Violations[0].ThreadName != want {
				t.Errorf("%.40q came back as %.40q", s, *read.Violations[0].ThreadName)
			}
		}
	}
}

// checkWidthOfCut checks that no line but the last is wider than the terminal.
func checkWidthOfCut(t *testing.T, report string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(report, "\n"), "\n")
	for _, line := range lines[:len(lines)-1] {
		if n := columns(line); n > 80 {
			t.Errorf("%d columns: %.100s", n, line)
		}
	}
}

// TestOrdinaryStringsStay is the twin: what is harmless is shown as it is.
func TestOrdinaryStringsStay(t *testing.T) {
	for _, s := range []string{"MainThread", "café", "漢字", "naïve_Ünïcode::f<int>()", `back\slash`, "it's \"quoted\""} {
		if got := Clean(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for s, want := range map[string]string{
		"a\nb": `a\nb`, "\x1b[0m": `\x1b[0m`, "\u202e": `\u202e`, "\xff": `\xff`, "\U000e0041": `\U000e0041`, "\u009b": `\u009b`,
	} {
		if got := Clean(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
}
