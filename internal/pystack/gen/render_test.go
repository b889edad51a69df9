package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
)

// The offsets in the repository are those of every interpreter at hand, whatever its patch
// version.
func TestOffsetsAreFresh(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		want, err := render(py.Include, py.Minor)
		if err != nil {
			t.Fatal(err)
		}
		name := fileName(py.Minor)
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: go generate ./internal/pystack", name)
		}
	})
}

func TestFolderWithoutHeadersIsAnError(t *testing.T) {
	if _, err := minorVersion(t.TempDir()); err == nil {
		t.Error("the version of an empty folder was found")
	}
}
