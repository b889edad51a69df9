package symbols

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compile builds testdata/source as a shared library with the given compiler and
// flags and returns its path.
func compile(t testing.TB, compiler, source string, flags ...string) string {
	t.Helper()
	if _, err := exec.LookPath(compiler); err != nil {
		t.Skipf("no %s", compiler)
	}
	out := filepath.Join(t.TempDir(), strings.TrimSuffix(source, filepath.Ext(source))+".so")
	args := append([]string{"-shared", "-fPIC", "-fno-semantic-interposition", "-Wl,--build-id", "-o", out}, flags...)
	output(t, compiler, append(args, filepath.Join("testdata", source))...)
	return out
}

// output runs a command and returns what it prints on stdout.
func output(t testing.TB, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("no %s", name)
	}
	cmd := exec.Command(name, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	return string(out)
}

// realFiles returns those ELF files of this machine that tests compare with
// binutils: a shared libpython, a stripped static python, libc, libstdc++.
func realFiles(t testing.TB) []string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{
		filepath.Join(home, ".pyenv/versions/3.11.*/lib/libpython3.11.so.1.0"),
		"/usr/bin/python3.[0-9]*[0-9]",
		"/lib/*-linux-gnu/libc.so.6",
		"/usr/lib/*-linux-gnu/libstdc++.so.6",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("no known ELF file here")
	}
	return files
}
