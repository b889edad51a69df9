package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// session is a `gilwatch run` that listens for as long as it is open. Its own command
// only tells LD_PRELOAD and waits; what is measured is started by us, with that variable,
// so that a watched process and one that is not differ in nothing else.
type session struct {
	b       *bench
	command *exec.Cmd
	hold    io.Closer // the command's input, which it reads to the end
	preload string    // LD_PRELOAD=…
	report  string    // path of the JSON report
}

// open starts a session.
func (b *bench) open() *session {
	s := &session{b: b, report: filepath.Join(b.TempDir(), "report.json")}
	s.command = exec.Command(b.binary, "run", "--quiet", "--error-exitcode", "0", "--report", "json="+s.report,
		"--", "/bin/sh", "-c", `echo "LD_PRELOAD=$LD_PRELOAD"; exec cat`)
	s.command.Env, s.command.Stderr = neutral(), os.Stderr
	in, err := s.command.StdinPipe()
	if err != nil {
		b.Fatalf("make a pipe: %v", err)
	}
	out, err := s.command.StdoutPipe()
	if err != nil {
		b.Fatalf("make a pipe: %v", err)
	}
	if err := s.command.Start(); err != nil {
		b.Fatalf("start a session: %v", err)
	}
	s.hold = in
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, "libgilwatch") {
		b.Fatalf("ask the session for its LD_PRELOAD: %q, %v", line, err)
	}
	s.preload = strings.TrimSpace(line)
	return s
}

// close ends the session and returns its report. It fails if fewer than `processes` were
// watched: figures of processes that nobody watched would look splendid.
func (s *session) close(processes int) *report.Report {
	s.hold.Close()
	if err := s.command.Wait(); err != nil {
		s.b.Fatalf("end the session: %v", err)
	}
	file, err := os.Open(s.report)
	if err != nil {
		s.b.Fatalf("open the session's report: %v", err)
	}
	defer file.Close()
	r, err := report.Read(file)
	if err != nil {
		s.b.Fatalf("read the session's report: %v", err)
	}
	if r.Summary.ProcessesWatched < processes || r.Summary.Lost != 0 {
		s.b.Fatalf("%d of %d processes were watched, %d violations lost",
			r.Summary.ProcessesWatched, processes, r.Summary.Lost)
	}
	return r
}

// neutral is the environment without what would change Python, the loader or gilwatch. The
// hash seed is fixed, so that all processes build the same dictionaries.
func neutral() []string {
	var kept []string
	for _, entry := range os.Environ() {
		switch {
		case strings.HasPrefix(entry, "PYTHON"), strings.HasPrefix(entry, "GILWATCH"),
			strings.HasPrefix(entry, "LD_"), strings.HasPrefix(entry, "MALLOC_"):
		default:
			kept = append(kept, entry)
		}
	}
	return append(kept, "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1")
}
