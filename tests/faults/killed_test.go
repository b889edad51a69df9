package faults

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// TestKilledCollector: gilwatch dies by SIGKILL in the middle. The command runs on to its own
// end, and its journals hold all that it did, before and after.
func TestKilledCollector(t *testing.T) {
	t.Parallel()
	c := newCampaign(t, len(deaths))
	var all tally
	first := c.random.IntN(len(c.pythons))
	for round := range *rounds {
		py, file, parent := c.python(first, round), filepath.Join(t.TempDir(), "counts"), t.TempDir()
		// The threads stop a while after gilwatch has died, at the latest moment.
		command := c.command(py, "", "end", file, latest+20*time.Millisecond)
		out := killGilwatch(t, command, parent, c.delay())
		if out != "ready\ndone\n" {
			t.Fatalf("round %d: %s: the command printed %q", round, py.Name(), out)
		}
		made := readCounts(t, file)
		violations, lost := reportOf(t, parent)
		sum := judge(t, made, violations, lost)
		if sum.Open != 0 || lost != 0 {
			t.Errorf("%d calls have not returned, %d are said to be lost: the command was disturbed", sum.Open, lost)
		}
		if all.add(sum); t.Failed() {
			t.Fatalf("in round %d, %s", round, py.Name())
		}
	}
	t.Log(all)
}

// killGilwatch starts the command under gilwatch, kills that a while after the command's
// threads have begun, and returns what the command prints to its end.
func killGilwatch(t *testing.T, c watch.Command, parent string, delay time.Duration) string {
	t.Helper()
	cmd := exec.Command(watch.Binary(t), append([]string{"run", "--quiet", "--"}, c.Args...)...)
	cmd.Env = append(append(os.Environ(), c.Env...), "TMPDIR="+parent)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	cmd.Stdout, cmd.Stderr = writer, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	lines := bufio.NewReader(reader)
	ready, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("the command printed %q: %v", ready, err)
	}
	time.Sleep(delay) // a random moment: nothing to wait for
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	return ready + string(rest)
}

// reportOf makes the report of the one session folder that was left behind, as a user's JSON.
func reportOf(t *testing.T, parent string) ([]watch.Violation, int) {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(parent, "gilwatch-*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("session folders %q, %v", folders, err)
	}
	unknown := func(int) (collector.End, bool) { return collector.End{}, false }
	r, err := collector.Build(session.Open(folders[0]), collector.Run{}, unknown, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var read watch.Report
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Processes) != 1 || !read.Processes[0].Watched {
		t.Fatalf("processes %s", strings.TrimSpace(fmt.Sprintf("%+v", read.Processes)))
	}
	return read.Violations, read.Summary.Lost
}
