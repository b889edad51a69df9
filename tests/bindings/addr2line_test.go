package bindings

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// sameLines fails unless the frames of the tests' own modules have the file and the line,
// inlined calls included, that addr2line gives for their addresses. What was mapped back
// from generated C is left to the marks.
func sameLines(t *testing.T, frames []watch.Frame, made func(watch.Frame) bool) {
	t.Helper()
	for i := 0; i < len(frames); {
		chain := frames[i:]
		n := 1
		for n < len(chain) && chain[n-1].Inlined {
			n++
		}
		i += n
		if chain[0].Offset == nil || !made(chain[0]) {
			continue
		}
		want := addr2line(t, *chain[0].Module, *chain[0].Offset-1)
		var got []string
		generated := false
		for _, frame := range chain[:n] {
			got = append(got, place(frame))
			generated = generated || frame.File != nil && filepath.Ext(*frame.File) == ".pyx"
		}
		if !generated && strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s+%#x is at %q, addr2line says %q", *chain[0].Module, *chain[0].Offset, got, want)
		}
	}
}

// made says whether the frame lies in a module that was compiled for these tests.
func (b built) made(frame watch.Frame) bool {
	return frame.Module != nil &&
		strings.HasPrefix(filepath.Dir(*frame.Module), filepath.Dir(b.modules)+"/") &&
		(filepath.Dir(*frame.Module) == b.modules || strings.HasPrefix(filepath.Base(*frame.Module), "pyo3_"))
}

const unknown = "??:0"

// place is the frame's file and line as addr2line writes them.
func place(frame watch.Frame) string {
	if frame.File == nil || frame.Line == nil {
		return unknown
	}
	return *frame.File + ":" + strconv.Itoa(*frame.Line)
}

// addr2line is where the address of a module is, innermost first.
func addr2line(t *testing.T, module string, addr uint64) []string {
	t.Helper()
	out, err := exec.Command("addr2line", "-i", "-e", module, fmt.Sprintf("%#x", addr)).Output()
	if err != nil {
		t.Fatalf("ask addr2line about %s: %v", module, err)
	}
	var places []string
	for line := range strings.Lines(string(out)) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " (discriminator")
		file, number, _ := cutLast(line, ":")
		if number == "?" || number == "0" { // a unit's name is no place
			places = append(places, unknown)
		} else {
			places = append(places, filepath.Clean(file)+":"+number)
		}
	}
	return places
}

func cutLast(s, separator string) (before, after string, ok bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
