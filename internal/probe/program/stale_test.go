package program

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the hash of the sources beside the object file")

const hashFile = "bpf/made-from.sha256"

// The object file is made from the sources as they are. (go generate makes both it and the
// hash; no compiler is needed to compare.)
func TestObjectIsFresh(t *testing.T) {
	want := sourceHash(t)
	if *update {
		if err := os.WriteFile(hashFile, []byte(want+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(hashFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want+"\n" {
		t.Errorf("the eBPF sources or their object file have changed: run go generate ./internal/probe/program (it needs clang-14 and libbpf-dev)")
	}
}

// sourceHash is over the sources and what was made of them.
func sourceHash(t *testing.T) string {
	t.Helper()
	var files []string
	for _, glob := range []string{"bpf/*.[ch]", "*_bpfel.o", "*_bpfel.go", "generate.go"} {
		some, err := filepath.Glob(glob)
		if err != nil || len(some) == 0 {
			t.Fatalf("no %s: %v", glob, err)
		}
		files = append(files, some...)
	}
	slices.Sort(files)
	sum := sha256.New()
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write([]byte(filepath.Base(file) + "\x00"))
		sum.Write(data)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
