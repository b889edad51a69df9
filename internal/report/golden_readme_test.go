package report

import (
	"os"
	"strings"
	"testing"
)

// README and docs/reading.md begin with a golden report, as it is.
func TestPagesAreGolden(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/recorded/nanobind.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "; echo $?\n"+string(want)+"139\n") {
		t.Errorf("README.md lacks the report of testdata/recorded/nanobind.txt:\n%s", want)
	}
	page, err := os.ReadFile("../../docs/reading.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```\n"+string(want)+"```\n") {
		t.Errorf("docs/reading.md lacks the report of testdata/recorded/nanobind.txt:\n%s", want)
	}
	for _, kind := range []string{KindGILNotHeld, KindBeforeInit, KindAfterFinalize, KindNotAttachedHere} {
		if !strings.Contains(string(page), "\n| `"+kind+"` | ") {
			t.Errorf("docs/reading.md does not explain the kind %s", kind)
		}
	}
}
