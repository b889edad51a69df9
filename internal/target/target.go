// Package target tells what program a command is, and whether the dynamic loader
// would preload the shim into it.
package target

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Errors of Inspect: the command cannot be started. A caller tells by them the
// exit statuses 127 and 126 of a shell, of env and of timeout.
var (
	ErrNotFound      = errors.New("command not found")
	ErrNotExecutable = errors.New("command not executable")
)

// Target is the program that a command runs.
type Target struct {
	// Path is the file to execute, as execvp finds it on PATH.
	Path string
	// Interpreters are the files that a script names after #!, in turn; the last
	// one is the program. It is empty when Path is the program.
	Interpreters []string
	// Loadable says that the dynamic loader would preload the shim.
	Loadable bool
	// Reason says why not, and is empty otherwise.
	Reason string
	// PassesOn says of a program that is not loadable that LD_PRELOAD does it no
	// harm: it has no dynamic loader, and what it starts may have one (uv, a Rust
	// program linked with musl, starts python).
	PassesOn bool
}

// Program is the file whose machine code runs: Path, or the last interpreter.
func (t Target) Program() string {
	if n := len(t.Interpreters); n > 0 {
		return t.Interpreters[n-1]
	}
	return t.Path
}

// Inspect finds argv0 as execvp does, follows #! lines as the kernel does, and
// reads the program's ELF header. The error wraps ErrNotFound or
// ErrNotExecutable. A program that can be executed but not read is taken to be
// loadable: the loader reads it.
func Inspect(argv0 string) (Target, error) {
	path, err := lookup(argv0, searchPath())
	if err != nil {
		return Target{}, err
	}
	t := Target{Path: path}
	for depth := 0; ; depth++ {
		f, err := open(t.Program())
		if errors.Is(err, unix.EACCES) {
			t.Loadable = true
			return t, nil
		}
		if err != nil {
			return t, err
		}
		next, err := t.step(f, depth)
		f.Close()
		if err != nil || next == "" {
			return t, err
		}
		t.Interpreters = append(t.Interpreters, next)
	}
}

// step looks at the program. It returns the next interpreter of a script, or an
// empty name when the verdict stands.
func (t *Target) step(f *os.File, depth int) (next string, err error) {
	head, err := readHead(f)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", f.Name(), err)
	}
	switch {
	case isELF(head):
		t.Reason, err = verdict(f)
		t.Loadable = err == nil && t.Reason == ""
		t.PassesOn = t.Reason == static
		return "", err
	case !isScript(head):
		return t.byShell()
	case depth >= maxScripts:
		return "", fmt.Errorf("%s: more than %d scripts are each other's interpreters: %w", t.Path, maxScripts, ErrNotExecutable)
	}
	line, err := parseShebang(head)
	if err != nil {
		return t.byShell()
	}
	return line.program()
}

// byShell is how a file goes on that the kernel refuses with ENOEXEC, be it the
// command or an interpreter of it: execvp gives the command to a shell.
func (t *Target) byShell() (next string, err error) {
	if t.Program() == shell {
		return "", fmt.Errorf("%s: %s is no program: %w", t.Path, shell, ErrNotExecutable)
	}
	t.Interpreters = nil
	return shell, nil
}

// verdict says why the loader would not preload the shim into f, in words.
func verdict(f *os.File) (string, error) {
	header, err := readHeader(f)
	if err != nil {
		return err.Error(), nil // whether it can be executed at all, execve says
	}
	if reason := header.reason(f.Name(), runtime.GOARCH); reason != "" {
		return reason, nil
	}
	facts, err := readPrivileges(f)
	if err != nil {
		return "", fmt.Errorf("inspect %s: %w", f.Name(), err)
	}
	return facts.reason(ownCredentials()), nil
}

// open opens a program to read it. O_NONBLOCK: a FIFO must not hold us.
func open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w: %w", ErrNotFound, err)
	case errors.Is(err, unix.EACCES):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotExecutable, err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, fmt.Errorf("%s: not a regular file: %w", path, ErrNotExecutable)
	}
	return f, nil
}
