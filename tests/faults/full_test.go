package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A flood that does not fit: 64 threads with 50 stacks each, every stack twice.
const (
	fullEach   = 50
	fullStacks = floodThreads * fullEach
	fullCalls  = 2 * fullStacks
)

var fullFlood = fmt.Sprintf("import floods; floods.stacks(%d, %d, 2); floods.one(1000); print('survived')", floodThreads, fullEach)

// holdFull holds that each call is either counted or lost, and that some are each.
func holdFull(t *testing.T, stacks int, calls, lost uint64) {
	t.Helper()
	t.Logf("%d of %d stacks fit: %d calls, %d lost", stacks, fullStacks+1, calls, lost)
	if calls+lost != fullCalls+1000 {
		t.Errorf("%d calls are counted and %d lost, want %d in all", calls, lost, fullCalls+1000)
	}
	if calls == 0 || lost == 0 {
		t.Error("all or nothing fits: the test is about what is between")
	}
}

// A journal that may not grow, by its session's settings or by the process's own limit:
// what is known goes on being counted, what finds no room is counted as lost, and the report
// says so.
func TestFullJournal(t *testing.T) {
	py, module := newest(t)
	const limit = 1 << 20
	for name, c := range map[string]struct {
		options session.Options
		prelude string
	}{
		"by the settings":  {session.Options{JournalMax: limit}, ""},
		"by RLIMIT_FSIZE":  {session.Options{}, fmt.Sprintf("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (%d, %[1]d))\n", limit)},
		"smaller than one": {session.Options{JournalMax: 200 << 10}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := openSession(t, c.options)
			if out := w.run(t, watch.Python(py, c.prelude+fullFlood, module)); out != "survived\n" {
				t.Errorf("the process printed %q", out)
			}
			j := w.journal(t)
			stacks, calls := sum(j)
			holdFull(t, stacks, calls, j.Lost)
			r := w.finish(t)
			if r.Summary.Lost != j.Lost || r.Summary.Occurrences != calls {
				t.Errorf("the report has %d calls and %d lost", r.Summary.Occurrences, r.Summary.Lost)
			}
			var text strings.Builder
			if err := report.Write(&text, "text", r, report.Options{}); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(text.String(), "; 0 lost\n") || !strings.HasSuffix(text.String(), " lost\n") {
				t.Errorf("the text does not say that anything is lost:\n%s", &text)
			}
		})
	}
}

// The session's disk is full: no SIGBUS, and the same sums.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 || exec.Command("unshare", "-m", "true").Run() != nil {
		t.Skip("mounting a small tmpfs needs root and mount namespaces")
	}
	py, module := newest(t)
	shim, err := os.Stat("../../internal/shimfile/assets/libgilwatch.so")
	if err != nil {
		t.Fatal(err)
	}
	disk, file := t.TempDir(), filepath.Join(t.TempDir(), "report.json")
	flood := watch.Python(py, fullFlood, module)
	args := append([]string{"-m", "sh", "-c", `mount -t tmpfs -o size="$1" tmpfs "$2" && shift && TMPDIR=$1 && export TMPDIR && shift && exec "$@"`,
		"sh", fmt.Sprint(shim.Size() + 2<<20), disk, watch.Binary(t), "run", "--quiet", "--report", "json=" + file, "--"}, flood.Args...)
	cmd := exec.Command("unshare", args...)
	cmd.Env = append(os.Environ(), flood.Env...)
	out, err := cmd.Output()
	if string(out) != "survived\n" {
		t.Fatalf("the process printed %q: %v", out, err)
	}
	r, err := watch.ReadReport(file)
	if err != nil {
		t.Fatal(err)
	}
	holdFull(t, len(r.Violations), uint64(r.Summary.Occurrences), uint64(r.Summary.Lost))
}
