package ehframe

import (
	"bufio"
	"debug/elf"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// files are of several compilers and linkers.
var files = []string{"/bin/sh", "/lib/x86_64-linux-gnu/libm.so.6", "/lib/x86_64-linux-gnu/libstdc++.so.6"}

var fdeLine = regexp.MustCompile(` FDE cie=[0-9a-f]+ pc=([0-9a-f]+)\.\.([0-9a-f]+)`)

// The functions are those that binutils' readelf finds.
func TestFunctionsAreReadelfs(t *testing.T) {
	tried := 0
	for _, path := range files {
		f, err := elf.Open(path)
		if err != nil {
			continue
		}
		defer f.Close()
		tried++
		table, err := Read(f)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		want := readelfs(t, path)
		got := map[[2]uint64]bool{}
		for _, function := range table.Functions() {
			got[[2]uint64{function.Start, function.End}] = true
			at, ok := table.Find(function.End - 1)
			if !ok || at.Start > function.End-1 {
				t.Errorf("%s: nothing covers %#x", path, function.End-1)
			}
		}
		for function := range want {
			if !got[function] {
				t.Errorf("%s: %#x to %#x is missing", path, function[0], function[1])
			}
		}
		if len(got) != len(want) || len(got) < 10 {
			t.Errorf("%s: %d functions, want %d", path, len(got), len(want))
		}
	}
	if tried == 0 {
		t.Skip("none of the files is here")
	}
}

func readelfs(t *testing.T, path string) map[[2]uint64]bool {
	t.Helper()
	cmd := exec.Command("readelf", "--debug-dump=frames", "--wide", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("readelf: %v", err)
	}
	all := map[[2]uint64]bool{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := fdeLine.FindStringSubmatch(lines.Text()); m != nil {
			start, _ := strconv.ParseUint(m[1], 16, 64)
			end, _ := strconv.ParseUint(m[2], 16, 64)
			if end > start {
				all[[2]uint64{start, end}] = true
			}
		}
	}
	_ = cmd.Wait() // it fails where separate debug information is missing
	return all
}
