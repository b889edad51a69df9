package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// worker is a process of testdata/workloads.py, which runs what it is asked to. Two of
// them that are asked by turns meet the same minutes of the machine.
type worker struct {
	b       *bench
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	names   []string // the workloads that it can run
}

// start starts a worker, watched by s unless that is nil.
func (b *bench) start(python string, s *session) *worker {
	w := &worker{b: b, command: command{args: []string{python, b.file("workloads.py")}}.cmd(s)}
	w.command.Stderr = os.Stderr
	var err error
	if w.in, err = w.command.StdinPipe(); err != nil {
		b.Fatalf("make a pipe: %v", err)
	}
	out, err := w.command.StdoutPipe()
	if err != nil {
		b.Fatalf("make a pipe: %v", err)
	}
	if err := w.command.Start(); err != nil {
		b.Fatalf("start a worker: %v", err)
	}
	w.out = bufio.NewReader(out)
	w.names = strings.Fields(w.line())
	return w
}

// run runs a workload and returns its milliseconds.
func (w *worker) run(name string) float64 {
	if _, err := fmt.Fprintln(w.in, name); err != nil {
		w.b.Fatalf("ask for workload %s: %v", name, err)
	}
	took, err := strconv.ParseInt(strings.TrimSpace(w.line()), 10, 64)
	if err != nil {
		w.b.Fatalf("read the time of workload %s: %v", name, err)
	}
	return float64(took) / 1e6
}

// line is the next line that the worker prints.
func (w *worker) line() string {
	line, err := w.out.ReadString('\n')
	if err != nil {
		w.b.Fatalf("read from a worker: %v", err)
	}
	return line
}

// stop lets the worker end.
func (w *worker) stop() {
	w.in.Close()
	if err := w.command.Wait(); err != nil {
		w.b.Fatalf("end a worker: %v", err)
	}
}
