package inherit_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
)

// show builds testdata/show, with or without the entry point, and returns its path.
func show(t *testing.T, flags ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "show")
	args := append([]string{"build", "-o", bin}, flags...)
	if out, err := exec.Command("go", append(args, "./testdata/show")...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

func shell(t *testing.T, script, bin string) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", script, "sh", bin).CombinedOutput()
	if err != nil {
		t.Fatalf("sh -c %q: %v\n%s", script, err, out)
	}
	return withoutStarters(t, strings.TrimSpace(string(out)))
}

// withoutStarters takes out of the ignored signals what whoever started the tests may have
// left ignored: 1, SIGHUP, under nohup; 32 and 33 are the C library's own.
func withoutStarters(t *testing.T, line string) string {
	t.Helper()
	var ignored uint64
	if _, err := fmt.Sscanf(line, "ignored 0x%x", &ignored); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	_, rest, _ := strings.Cut(strings.TrimPrefix(line, "ignored "), " ")
	return fmt.Sprintf("ignored %#x %s", ignored&^(1|3<<31), rest)
}

// INT is 2, QUIT 3, PIPE 13, TERM 15.
const ignoring = `trap '' INT QUIT PIPE TERM; ulimit -S -n 77; exec "$1" <&-`

func TestEntryKeepsWhatTheRuntimeChanges(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("there is no entry point for " + runtime.GOARCH)
	}
	bin := show(t, "-ldflags="+inherit.EntryFlag)
	if got, want := shell(t, ignoring, bin), "ignored 0x5006 blocked 0x0 closed 0x1 nofile 77 exact true"; got != want {
		t.Errorf("started with signals ignored: %s, want %s", got, want)
	}
	if got := shell(t, `exec "$1"`, bin); !strings.HasPrefix(got, "ignored 0x0 blocked 0x0 closed 0x0 ") {
		t.Errorf("started with nothing ignored: %s", got)
	}
}

func TestWithoutEntryTheRuntimeLeavesSomeVisible(t *testing.T) {
	bin := show(t)
	got := shell(t, ignoring, bin)
	if !strings.HasPrefix(got, "ignored 0x2 ") || !strings.HasSuffix(got, "nofile 77 exact false") {
		t.Errorf("%s, want SIGINT ignored and the file limit of the shell", got)
	}
}

func TestBlockedSignalsAreKept(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3, which blocks the signals for this test")
	}
	const block = `
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGCHLD})
os.execv(sys.argv[1], sys.argv[1:])`
	run := func(bin string) string {
		out, err := exec.Command(python, "-c", block, bin).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", python, err, out)
		}
		return string(out)
	}
	if got := run(show(t)); !strings.Contains(got, " blocked 0x200 ") { // SIGUSR1 is 10
		t.Errorf("without the entry point: %s", got)
	}
	if runtime.GOARCH == "amd64" {
		if got := run(show(t, "-ldflags="+inherit.EntryFlag)); !strings.Contains(got, " blocked 0x10200 ") { // SIGCHLD is 17
			t.Errorf("with the entry point: %s", got)
		}
	}
}

func TestHas(t *testing.T) {
	for sig, want := range map[int]bool{0: false, 1: true, 2: false, 64: true, 65: false, -1: false} {
		if got := inherit.Has(1|1<<63, syscall.Signal(sig)); got != want {
			t.Errorf("Has(1|1<<63, %d) = %v", sig, got)
		}
	}
}
