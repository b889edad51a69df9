package gate

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// runsUnwatched runs the command, which must end and print as it does without gilwatch,
// with a reason in the report why it was not watched.
func runsUnwatched(t *testing.T, program string, args ...string) {
	t.Helper()
	command := watch.Command{Args: append([]string{program}, args...)}
	bare, result := watch.Bare(t, command), watch.Run(t, command)
	result.Exit(t, bare.Status)
	result.Like(t, bare)
	result.NothingWatched(t)
	for _, process := range result.Report.Processes {
		if filepath.Base(process.Exe) == filepath.Base(program) {
			if process.Reason == nil || *process.Reason == "" {
				t.Errorf("%s is unwatched without a reason", process.Exe)
			}
			return
		}
	}
	t.Errorf("%s is not among the report's processes\n%s", program, result)
}

// The loader ignores LD_PRELOAD in a program that runs with other rights than its caller.
func TestSetuid(t *testing.T) {
	const static, nobody = "/usr/bin/python3.11", 65534
	if _, err := os.Stat(static); err != nil {
		t.Skip("no python without a libpython to copy")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can make a program that runs as another user")
	}
	folder := t.TempDir()
	var mount unix.Statfs_t
	if err := unix.Statfs(folder, &mount); err != nil || mount.Flags&unix.ST_NOSUID != 0 {
		t.Skip("the temporary folder is mounted nosuid")
	}
	program := filepath.Join(folder, "python3")
	copyFile(t, static, program)
	for _, err := range []error{os.Chown(program, nobody, nobody), os.Chmod(program, 0o755|os.ModeSetuid)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	runsUnwatched(t, program, "-I", "-S", "-c", "import os; print(os.geteuid(), os.environ.get('LD_PRELOAD') is None)")
}

// A 32-bit interpreter cannot load a 64-bit shim. This one is as short as an ELF file can
// be: exit(7).
func TestThirtyTwoBit(t *testing.T) {
	program := filepath.Join(t.TempDir(), "python3")
	if err := os.WriteFile(program, elf32Exit7(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(program).Run(); errors.Is(err, syscall.ENOEXEC) {
		bare := watch.Bare(t, watch.Command{Args: []string{"env", program}})
		watch.Run(t, watch.Command{Args: []string{program}}).Exit(t, bare.Status)
		return
	}
	runsUnwatched(t, program)
}

// elf32Exit7 is a static i386 program of one segment: header, program header, code.
func elf32Exit7() []byte {
	const base, entry, size = 0x08048000, 0x08048000 + 84, 84 + 12
	word := func(v uint32) []byte { return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)} }
	half := func(v uint16) []byte { return []byte{byte(v), byte(v >> 8)} }
	var image []byte
	add := func(parts ...[]byte) {
		for _, part := range parts {
			image = append(image, part...)
		}
	}
	add([]byte{0x7f, 'E', 'L', 'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}) // ELFCLASS32, ELFDATA2LSB
	add(half(2), half(3), word(1), word(entry), word(52), word(0))       // ET_EXEC, EM_386
	add(word(0), half(52), half(32), half(1), half(40), half(0), half(0))
	add(word(1), word(0), word(base), word(base), word(size), word(size), word(5), word(0x1000)) // PT_LOAD r-x
	add([]byte{0xb8, 1, 0, 0, 0, 0xbb, 7, 0, 0, 0, 0xcd, 0x80})                                  // exit(7)
	return image
}

// musl's loader would refuse a shim that needs glibc, and the program would not start.
func TestMusl(t *testing.T) {
	compiler, err := exec.LookPath("musl-gcc")
	if err != nil {
		missing(t, "no musl-gcc (package musl-tools)")
	}
	folder := t.TempDir()
	source, program := filepath.Join(folder, "hello.c"), filepath.Join(folder, "python3")
	const code = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 7; }\n"
	if err := os.WriteFile(source, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(compiler, "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("compile for musl: %v\n%s", err, said)
	}
	runsUnwatched(t, program)
}

// PyPy has no CPython C API to watch.
func TestPyPy(t *testing.T) {
	program, err := exec.LookPath("pypy3")
	if err != nil {
		t.Skip("no pypy3")
	}
	if program, err = filepath.EvalSymlinks(program); err != nil {
		t.Fatal(err)
	}
	runsUnwatched(t, program, "-c", "print(6 * 7)")
}

// What the kernel does not know as a program is handed to /bin/sh, as execvp does and so
// env: the two must end alike.
func TestBrokenProgram(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{
		"cut": "\x7fELF\x02\x01\x01", "noise": strings.Repeat("\xff\x00", 64),
	} {
		program := filepath.Join(folder, name)
		if err := os.WriteFile(program, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
		bare := watch.Bare(t, watch.Command{Args: []string{"env", program}})
		watch.Run(t, watch.Command{Args: []string{program}}).Exit(t, bare.Status)
	}
}

// missing skips, or fails where everything should be installed.
func missing(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// copyFile copies from to a new executable file.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o755); err != nil {
		t.Fatal(err)
	}
}
