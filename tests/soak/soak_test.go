// Package soak stands for a day of watching: many violations and many short-lived processes
// under one `gilwatch run`. It samples the memory and the descriptors of the collector and of
// the long-lived target, prints them, and judges at the end whether they grew.
//
//	make soak SOAKFLAGS='-for 10m'
package soak

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// The defaults are a rehearsal, which is too short to judge growth by.
var (
	duration   = flag.Duration("for", time.Second, "how long the work is spread over")
	violations = flag.Int("violations", 100_000, "violations of the long-lived process")
	processes  = flag.Int("processes", 20, "short-lived processes")
	every      = flag.Duration("every", 30*time.Second, "how often a line is printed")
)

// ofEach is how often a short-lived process violates; see driver.py.
const ofEach = 10

// judged is the least number of processes that growth is judged by.
const judged = 1000

// TestSoak does the work, and fails if something grew or was lost.
func TestSoak(t *testing.T) {
	all := pythons.All(t)
	if len(all) == 0 {
		t.Skip("no python")
	}
	py, file := all[len(all)-1], filepath.Join(t.TempDir(), "report.json")
	module := fixture.Build(t, py, "../faults/testdata/floods.c", fixture.Lazy)
	cmd := exec.Command(watch.Binary(t), "run", "--quiet", "--error-exitcode", "0", "--report", "json="+file, "--",
		py.Path, "testdata/driver.py", fmt.Sprint(duration.Seconds()), fmt.Sprint(*violations), fmt.Sprint(*processes), module.Dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	samples, err := follow(out, in, cmd.Process.Pid)
	if err != nil {
		_ = cmd.Process.Kill()
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	judgeReport(t, file)
	if *processes < judged {
		return
	}
	if err := judge(samples); err != nil {
		t.Error(err)
	}
}

// follow samples as the driver goes on, once a hundredth of the way, and lets it end after
// its last line.
func follow(out io.Reader, in io.Closer, gilwatch int) ([]sample, error) {
	fmt.Println("| after | processes | violations | collector KiB | fds | target KiB | fds |\n| --: | --: | --: | --: | --: | --: | --: |")
	var samples []sample
	var printed time.Time
	start := time.Now()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var pid, begun, made int
		if _, err := fmt.Sscan(lines.Text(), &pid, &begun, &made); err != nil {
			return nil, fmt.Errorf("the driver said %q: %w", lines.Text(), err)
		}
		last := begun == *processes
		if begun%max(1, *processes/100) != 0 && !last {
			continue
		}
		collector, err := usageOf(gilwatch)
		if err != nil {
			return nil, err
		}
		target, err := usageOf(pid)
		if err != nil {
			return nil, err
		}
		s := sample{time.Since(start), begun, made, collector, target}
		samples = append(samples, s)
		if time.Since(printed) >= *every || last {
			printed = time.Now()
			fmt.Println(s)
		}
		if last {
			in.Close()
		}
	}
	return samples, lines.Err()
}

// judgeReport holds that the report has every process and every violation.
func judgeReport(t *testing.T, path string) {
	t.Helper()
	r, err := watch.ReadReport(path)
	if err != nil {
		t.Fatal(err)
	}
	want := *violations + ofEach**processes
	t.Logf("report: %d processes, %d violations, %d lost", r.Summary.ProcessesWatched, r.Summary.Occurrences, r.Summary.Lost)
	if r.Summary.Occurrences != want || r.Summary.Lost != 0 || r.Summary.ProcessesWatched != *processes+1 {
		t.Errorf("the report has not all of %d processes with %d violations", *processes+1, want)
	}
}
