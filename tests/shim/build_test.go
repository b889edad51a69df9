// Package shim holds the unit tests of the shim's C and assembly: small C programs, each
// compiled with the sources that it is about, and what can be read from the built library.
package shim

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const shimFolder = "../../shim"

// hang is the time after which a program is taken for stuck. It is far above what any
// takes; a test's result does not depend on it.
const hang = time.Minute

// cFlags are the flags that the shim itself is compiled with, read from the #cgo line of
// its main.go, so that what is tested is what is built.
var cFlags = sync.OnceValues(func() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(shimFolder, "main.go"))
	if err != nil {
		return nil, fmt.Errorf("reading the shim's compiler flags: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if flags, ok := strings.CutPrefix(line, "// #cgo CFLAGS: "); ok {
			return append(strings.Fields(flags), "-fPIC", "-pthread"), nil
		}
	}
	return nil, fmt.Errorf("reading the shim's compiler flags: main.go has no #cgo CFLAGS line")
})

// unit is some sources with the flags that they need beside cFlags.
type unit struct {
	flags   []string
	sources []string // a bare name lies in testdata, shim/NAME in the shim
}

// program is what one test compiles.
type program struct {
	units []unit
	link  []string // flags of the linker; -shared makes a library
}

// of is the plain case: all sources with the same flags, linked with them, too.
func of(flags []string, sources ...string) program {
	return program{units: []unit{{flags, sources}}, link: flags}
}

// build compiles the program into a folder of its own and returns its path.
func (p program) build(t testing.TB, name string) string {
	t.Helper()
	folder := t.TempDir()
	linker, line := "cc", []string{"-pthread"}
	for i, u := range p.units {
		for _, source := range u.sources {
			object := filepath.Join(folder, fmt.Sprintf("%d-%s.o", i, filepath.Base(source)))
			compile(t, source, object, u.flags...)
			line = append(line, object)
			if filepath.Ext(source) == ".cc" {
				linker = "c++"
			}
		}
	}
	path := filepath.Join(folder, name)
	line = append(append(line, p.link...), "-o", path, "-ldl")
	tool(t, linker, line...)
	return path
}

// compile makes an object file of a source.
func compile(t testing.TB, source, object string, flags ...string) {
	t.Helper()
	base, err := cFlags()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", source)
	if inShim, ok := strings.CutPrefix(source, "shim/"); ok {
		path = filepath.Join(shimFolder, inShim)
	}
	compiler := "cc"
	line := append([]string(nil), base...)
	if filepath.Ext(source) == ".cc" {
		compiler = "c++"
		line[0] = "-std=c++17"
	}
	line = append(append(line, "-iquote", shimFolder, "-iquote", "testdata", "-c", "-o", object, path), flags...)
	tool(t, compiler, line...)
}

// tool runs a development tool that has to succeed, and returns what it wrote.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}

// run runs a program that has to succeed, and returns what it wrote to stdout.
func run(t testing.TB, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0", "TSAN_OPTIONS=halt_on_error=1", "UBSAN_OPTIONS=halt_on_error=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("it hangs: %w", ctx.Err())
		}
		t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String()
}
