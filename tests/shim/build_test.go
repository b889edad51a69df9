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
const hang = 5 * time.Minute

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

// build makes the program in a folder of its own and returns its path.
func (p program) build(t testing.TB, name string) string {
	t.Helper()
	linker, line := "cc", []string{"-pthread"}
	for _, u := range p.units {
		for _, source := range u.sources {
			line = append(line, compile(t, source, u.flags...))
			if filepath.Ext(source) == ".cc" {
				linker = "c++"
			}
		}
	}
	path := filepath.Join(t.TempDir(), name)
	line = append(append(line, p.link...), "-o", path, "-ldl")
	tool(t, linker, line...)
	return path
}

// objects are the object files made so far, by source and flags; each is made once.
var (
	objects       sync.Map // of *object
	objectsFolder string
)

type object struct {
	once sync.Once
	path string
	err  error
}

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "gilwatch-objects-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	objectsFolder = folder
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

// compile makes an object file of a source and returns its path.
func compile(t testing.TB, source string, flags ...string) string {
	t.Helper()
	key := source + " " + strings.Join(flags, " ")
	entry, _ := objects.LoadOrStore(key, new(object))
	o := entry.(*object)
	o.once.Do(func() { o.path, o.err = compileTo(objectsFolder, source, flags) })
	if o.err != nil {
		t.Fatal(o.err)
	}
	return o.path
}

// compileTo makes an object file of a source in the folder.
func compileTo(folder, source string, flags []string) (string, error) {
	base, err := cFlags()
	if err != nil {
		return "", err
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
	file, err := os.CreateTemp(folder, filepath.Base(source)+"-*.o")
	if err != nil {
		return "", fmt.Errorf("making an object file of %s: %w", source, err)
	}
	file.Close()
	line = append(line, "-iquote", shimFolder, "-iquote", "testdata", "-c", "-o", file.Name(), path)
	_, err = output(compiler, append(line, flags...)...)
	return file.Name(), err
}

// tool runs a development tool that has to succeed, and returns what it wrote.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := output(name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func output(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out), nil
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
