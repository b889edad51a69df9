package report

import (
	"os"
	"strings"
	"testing"
)

// README begins with a golden report, as it is.
func TestReadmeIsGolden(t *testing.T) {
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
}
