package shim

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/journal"
)

var journalFile = []string{"shim/journal_file.c", "shim/session.c"}

const (
	firstSize = 128 << 10 // of a journal: FIRST_SIZE in journal_file.c
	threads   = 8         // of claims.c
)

// readJournal reads the one journal in the folder.
func readJournal(t *testing.T, folder string) (*journal.Journal, os.FileInfo) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.0"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("the session folder has the journals %q (%v), want one", paths, err)
	}
	j, err := journal.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if j.Damage != "" {
		t.Errorf("the journal is damaged: %s", j.Damage)
	}
	info, err := os.Stat(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	return j, info
}

// holdEntries holds that the journal has the entries 0 to fitted-1 of each writer, each
// once, with the contents that write_entry in journals.h gives them.
func holdEntries(t *testing.T, j *journal.Journal, fitted ...int) {
	t.Helper()
	want := make(map[string]bool)
	for writer, n := range fitted {
		for i := range n {
			want[fmt.Sprintf("%d.%d.%0*d", writer, i, 1+i%200, 0)] = true
		}
	}
	total := len(want)
	for _, c := range j.Children {
		if !want[c.Path] {
			t.Fatalf("entry %q was not written, or was read twice", c.Path)
		}
		if number := strings.Split(c.Path, ".")[1]; number != strconv.Itoa(int(c.Pid)) {
			t.Fatalf("entry %q has the number %d", c.Path, c.Pid)
		}
		delete(want, c.Path)
	}
	if len(want) > 0 {
		t.Errorf("%d of %d entries are not in the journal", len(want), total)
	}
}

// counts parses what claims printed: how many entries of each thread fitted.
func counts(t *testing.T, out string) (fitted []int, sum int) {
	t.Helper()
	for _, line := range strings.Fields(out) {
		n, err := strconv.Atoi(line)
		if err != nil {
			t.Fatalf("claims printed %q, want a number for each thread", out)
		}
		fitted, sum = append(fitted, n), sum+n
	}
	if len(fitted) != threads {
		t.Fatalf("claims printed %q, want a number for each of %d threads", out, threads)
	}
	return fitted, sum
}

func TestJournalClaims(t *testing.T) {
	t.Parallel()
	claims := of(nil, append([]string{"claims.c"}, journalFile...)...).build(t, "claims")
	for _, c := range []struct {
		name       string
		max, share int
		full       bool // the limit is reached
	}{
		{"inside the first mapping", 64 << 20, 50, false},
		{"into the grown mapping", 64 << 20, 4000, false},
		{"up to the limit", 3<<20 + 4096, 1 << 20, true},
		{"a limit below a step of growth", 200 << 10, 1 << 20, true},
		{"a limit that the first mapping has", firstSize, 1 << 20, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			fitted, sum := counts(t, run(t, claims, folder, strconv.Itoa(c.max), strconv.Itoa(c.share)))
			j, info := readJournal(t, folder)
			holdEntries(t, j, fitted...)
			if full := sum < threads*c.share; full != c.full {
				t.Errorf("%d of %d entries fitted", sum, threads*c.share)
			}
			if info.Size() > int64(c.max) {
				t.Errorf("the file has %d bytes, the limit is %d", info.Size(), c.max)
			}
		})
	}
}

// A full disk: claims fail, nothing dies of SIGBUS, and what was written can be read.
func TestJournalOnAFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 || exec.Command("unshare", "-m", "true").Run() != nil {
		t.Skip("mounting a small tmpfs needs root and mount namespaces")
	}
	claims := of(nil, append([]string{"claims.c"}, journalFile...)...).build(t, "claims")
	const script = `mount -t tmpfs -o size="$1" tmpfs "$2" && "$4" "$2" 67108864 100000 && { cp "$2"/* "$3" || true; }`
	for _, c := range []struct {
		size    string
		journal bool
	}{{"256k", true}, {"3m", true}, {"64k", false}} {
		t.Run(c.size, func(t *testing.T) {
			disk, copied := t.TempDir(), t.TempDir()
			out := run(t, "unshare", "-m", "sh", "-c", script, "sh", c.size, disk, copied, claims)
			if !c.journal {
				if out != "no journal\n" {
					t.Errorf("on a disk of %s claims printed %q, want no journal", c.size, out)
				}
				return
			}
			fitted, sum := counts(t, out)
			j, _ := readJournal(t, copied)
			holdEntries(t, j, fitted...)
			if sum == 0 || sum == threads*100000 {
				t.Errorf("%d entries fitted", sum)
			}
		})
	}
}

func TestJournalGrowsUnderClaims(t *testing.T) {
	t.Parallel()
	run(t, of(nil, append([]string{"growth.c"}, journalFile...)...).build(t, "growth"), t.TempDir(), "300")
}

func TestJournalGrowsUnderAnInterruption(t *testing.T) {
	t.Parallel()
	run(t, of(nil, append([]string{"interrupted.c"}, journalFile...)...).build(t, "interrupted"), t.TempDir())
}

func TestJournalSanitized(t *testing.T) {
	t.Parallel()
	run(t, of(sanitized, append([]string{"growth.c"}, journalFile...)...).build(t, "growth"), t.TempDir(), "100")
	run(t, of(sanitized, append([]string{"interrupted.c"}, journalFile...)...).build(t, "interrupted"), t.TempDir())
}

func TestJournalRaceFree(t *testing.T) {
	t.Parallel()
	run(t, of(tsan, append([]string{"growth.c"}, journalFile...)...).build(t, "growth"), t.TempDir(), "200")
}

func TestJournalOfForkedChildren(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	out := run(t, of(nil, append([]string{"forks.c"}, journalFile...)...).build(t, "forks"), folder)
	pids := strings.Fields(out)
	entries := [][]int{{3}, {0, 4}, {0, 0, 5}, {0, 0, 0, 2000}}
	if len(pids) != len(entries) {
		t.Fatalf("forks printed %q, want %d pids", out, len(entries))
	}
	for i, pid := range pids {
		j, err := journal.ReadFile(filepath.Join(folder, pid+".0"))
		if err != nil {
			t.Fatal(err)
		}
		if strconv.Itoa(int(j.Pid)) != pid || j.Damage != "" {
			t.Errorf("journal %s.0 is of pid %d, damage %q", pid, j.Pid, j.Damage)
		}
		holdEntries(t, j, entries[i]...)
		if parent := []int{-1, 0, 1, 0}[i]; parent >= 0 && strconv.Itoa(int(j.Ppid)) != pids[parent] {
			t.Errorf("journal %s.0 names the parent %d, want %s", pid, j.Ppid, pids[parent])
		}
	}
}
