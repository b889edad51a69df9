package hint

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPageHasEveryShape holds the table of docs/reading.md against the shapes, in their order.
func TestPageHasEveryShape(t *testing.T) {
	page, err := os.ReadFile("../../docs/reading.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "\n## Hints\n")
	if !found {
		t.Fatal("docs/reading.md has no section Hints")
	}
	var listed, want []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(table, -1) {
		listed = append(listed, row[1])
	}
	for _, s := range shapes {
		want = append(want, s.name)
	}
	if !slices.Equal(listed, want) {
		t.Errorf("docs/reading.md explains\n%q, want\n%q", listed, want)
	}
}
