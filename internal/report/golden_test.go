package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// render writes r and fails the test when that fails.
func render(t testing.TB, format string, r *Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares got with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it anew); got:\n%s", path, got)
	}
}

func TestGoldenJSON(t *testing.T) {
	golden(t, "sample.json", render(t, "json", sample(), Options{}))
	golden(t, "empty.json", render(t, "json", New("0.1.0"), Options{}))
}

func TestGoldenText(t *testing.T) {
	for name, test := range map[string]struct {
		report  *Report
		options Options
	}{
		"sample.txt":       {sample(), Options{}},
		"sample-notes.txt": {sample(), Options{Notes: true}},
		"sample-full.txt":  {sample(), Options{FullStacks: true}},
		"sample-color.txt": {sample(), Options{Color: true}},
		"sample-wide.txt":  {sample(), Options{Width: 120}},
		"long-names.txt":   {longNamed(), Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := render(t, "text", test.report, test.options)
			golden(t, name, got)
			checkWidth(t, got, test.options)
			if strings.Contains(got, "\x1b") != test.options.Color {
				t.Errorf("color %v, but escapes say otherwise", test.options.Color)
			}
		})
	}
}

// checkWidth checks every line but the last one, which is a line however long.
func checkWidth(t *testing.T, report string, o Options) {
	t.Helper()
	width := o.Width
	if width == 0 {
		width = 80
	}
	lines := strings.Split(strings.TrimSuffix(report, "\n"), "\n")
	for _, line := range lines[:len(lines)-1] {
		if n := columns(withoutColor(line)); n > width {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("space at the end of %q", line)
		}
	}
}

func withoutColor(s string) string {
	for {
		start := strings.Index(s, "\x1b[")
		if start < 0 {
			return s
		}
		end := start + strings.IndexByte(s[start:], 'm')
		s = s[:start] + s[end+1:]
	}
}
