package report

import (
	"os"
	"path/filepath"
	"testing"
)

// TestGoldenRecorded renders reports that `gilwatch run --report json=FILE` wrote for the
// example and the end-to-end tests' fixtures, with hints and source lines.
func TestGoldenRecorded(t *testing.T) {
	for _, name := range []string{
		"nanobind", "nanobind-no-debug", "never-attached", "after-finalize", "tail-call", "two-callers", "ctypes", "released-inside",
	} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(filepath.Join("testdata", "recorded", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r, err := Read(f)
			if err != nil {
				t.Fatal(err)
			}
			got := render(t, "text", r, Options{})
			golden(t, filepath.Join("recorded", name+".txt"), got)
			checkWidth(t, got, Options{})
			full := render(t, "text", r, Options{FullStacks: true, Color: true})
			golden(t, filepath.Join("recorded", name+"-full.txt"), full)
			checkWidth(t, full, Options{})
		})
	}
}
