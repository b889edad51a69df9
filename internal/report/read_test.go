package report

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestReadWhatWasWritten(t *testing.T) {
	for _, r := range []*Report{sample(), clean(), New("0.1.0")} {
		read, err := Read(strings.NewReader(render(t, "json", r, Options{})))
		if err != nil {
			t.Fatal(err)
		}
		r.fillLists()
		if !reflect.DeepEqual(read, r) {
			t.Errorf("read %+v, wrote %+v", read, r)
		}
	}
}

// TestReadPassesOverUnknownFields: the schema may grow.
func TestReadPassesOverUnknownFields(t *testing.T) {
	s := strings.Replace(render(t, "json", sample(), Options{}), `"kind":`, `"later": {"x": [1]}, "kind":`, -1)
	if _, err := Read(strings.NewReader(s)); err != nil {
		t.Error(err)
	}
}

func TestReadRefuses(t *testing.T) {
	const head = `{"schema": "gilwatch.report/1", "processes": [], "suppressed": [], "violations": `
	violation := func(fields string) string {
		return head + `[{"id": "1", "kind": "k", "function": "f", "count": 1, "severity": "error"}, {` + fields + `}]}`
	}
	for input, want := range map[string]string{
		"":                                  "unexpected end",
		"{\n\n\"schema\" 1}":                "line 3",
		"[]":                                "expected an object, not array",
		"{}":                                "no schema",
		"null":                              "no schema",
		`{"schema": "other/1"}`:             `the schema is "other/1"`,
		`{"schema": "gilwatch.report/2"}`:   `the schema is "gilwatch.report/2"`,
		`{"schema": "gilwatch.report/1"}`:   "no list of processes",
		head + `null}`:                      "no list of violations",
		head + `{}}`:                        "violations is not a list",
		head + `[{"id": 5}]}`:               "violations[0]: id: expected a string, not number",
		head + `[1]}`:                       "violations[0]: ",
		violation(`"id": ""`):               "violations[1]: no id",
		violation(`"id": "2"`):              "violations[1]: no kind",
		violation(`"id": "2", "kind": "k"`): "violations[1]: no function",
		violation(`"id": "2", "kind": "k", "function": "f"`):                                "violations[1]: the count is 0",
		violation(`"id": "2", "kind": "k", "function": "f", "count": 1, "severity": "bad"`): `the severity is "bad"`,
		violation(`"count": -1`):   "violations[1]: ",
		violation(`"count": 1e99`): "violations[1]: ",
		violation(`"id": "2", "kind": "k", "function": "f", "count": 1, "severity": "note", "python_stack": [` +
			strings.Repeat("{},", maxStack) + `{}]`): "a stack of 16385 frames",
		head + `[]} trailing`:             "line 1",
		head + strings.Repeat("[", 20000): "exceeded max depth",
		`{"schema": "gilwatch.report/1", "x": [` + strings.Repeat("1,", maxItems+1) + `1]}`: "more than 8388608 items",
	} {
		r, err := Read(strings.NewReader(input))
		if r != nil || !errors.Is(err, ErrNotReport) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want %q in it", input, err, want)
		}
	}
}

// endless is a reader that never ends.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestReadIsBounded(t *testing.T) {
	s := render(t, "json", sample(), Options{})
	if _, err := read(strings.NewReader(s), len(s)); err != nil {
		t.Error(err)
	}
	if _, err := read(endless{}, len(s)); !errors.Is(err, ErrNotReport) || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got %v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, os.ErrClosed }

func TestReadError(t *testing.T) {
	if _, err := Read(brokenReader{}); !errors.Is(err, os.ErrClosed) || errors.Is(err, ErrNotReport) {
		t.Errorf("got %v", err)
	}
}

// FuzzRead: what is read can be written in every format and read again.
func FuzzRead(f *testing.F) {
	f.Add(render(f, "json", sample(), Options{}))
	f.Add(render(f, "json", clean(), Options{}))
	f.Add(`{"schema": "gilwatch.report/1", "processes": [{}], "violations": [], "suppressed": [{}]}`)
	f.Fuzz(func(t *testing.T, input string) {
		r, err := Read(strings.NewReader(input))
		if err != nil {
			return
		}
		Fold(r.Violations)
		checkHarmless(t, "text", render(t, "text", r, Options{Notes: true, FullStacks: true}))
		written := render(t, "json", r, Options{})
		checkHarmless(t, "json", written)
		if _, err := Read(strings.NewReader(written)); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
