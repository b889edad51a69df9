package faults

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// watched is a session of the test's own, with a collector in the test's process.
type watched struct {
	*session.Session
	collector *collector.Collector
}

func openSession(t *testing.T, o session.Options) *watched {
	t.Helper()
	if o.Parent == "" {
		o.Parent = t.TempDir()
	}
	s, err := session.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c, err := collector.Start(s, zerolog.Nop(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &watched{s, c}
}

// run runs a command to its end and returns what it printed.
func (w *watched) run(t *testing.T, c watch.Command) string {
	t.Helper()
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Env = append(w.Environ(os.Environ()), c.Env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(c.Args, " "), err, &stderr)
	}
	return string(out)
}

// finish is the session's report.
func (w *watched) finish(t *testing.T) *report.Report {
	t.Helper()
	r, err := w.collector.Finish(collector.Run{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// journal is the one journal of the session.
func (w *watched) journal(t *testing.T) *journal.Journal {
	t.Helper()
	paths, err := w.Journals()
	if err != nil || len(paths) != 1 {
		t.Fatalf("journals %q, %v", paths, err)
	}
	j, err := journal.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	return j
}
