package report

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestFormats(t *testing.T) {
	if got := Formats(); !slices.Equal(got, []string{"text", "json", "html", "junit", "sarif", "github", "markdown", "pprof"}) {
		t.Errorf("got %v", got)
	}
	for _, format := range Formats() {
		if err := CheckFormat(format); err != nil {
			t.Error(err)
		}
	}
	for _, format := range []string{"xml", "JSON", "", "\x1b[31m"} {
		checkFormatError(t, format)
	}
}

func checkFormatError(t *testing.T, format string) {
	t.Helper()
	var b bytes.Buffer
	err := Write(&b, format, clean(), Options{})
	var formatErr *FormatError
	if !errors.Is(err, ErrUnknownFormat) || !errors.As(err, &formatErr) || b.Len() != 0 {
		t.Fatalf("%q: %v, %d bytes written", format, err, b.Len())
	}
	if !strings.Contains(formatErr.Hint(), "text, json") || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("%q: %v, hint %q", format, err, formatErr.Hint())
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriteError(t *testing.T) {
	for _, format := range Formats() {
		if err := Write(failingWriter{}, format, sample(), Options{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestParseSpec(t *testing.T) {
	for s, want := range map[string]Spec{
		"json=out.json": {"json", "out.json"},
		"text=-":        {"text", "-"},
		"json=a=b.json": {"json", "a=b.json"},
	} {
		if got, err := ParseSpec(s); err != nil || got != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for s, sentinel := range map[string]error{
		"": ErrSpec, "json": ErrSpec, "=x": ErrSpec, "json=": ErrSpec, "json=\x00": ErrSpec,
		"xml=x": ErrUnknownFormat,
	} {
		if got, err := ParseSpec(s); !errors.Is(err, sentinel) || got != (Spec{}) {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}
