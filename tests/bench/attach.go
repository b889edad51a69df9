package main

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/probe"
	"github.com/gilwatch/gilwatch/internal/suppress"
	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

const (
	spinRounds  = 9
	spinCalls   = 200_000
	workRounds  = 9
	brakeRounds = 20 // of spinCalls: some seconds, if the brake does not act
)

// evaluator is a python that evaluates what it reads.
type evaluator struct {
	b    *bench
	spin fixture.Module
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

func (b *bench) evaluator(py pythons.Python) *evaluator {
	e := &evaluator{b: b, cmd: exec.Command(py.Path, b.file("attached.py"))}
	e.spin = fixture.Build(b, py, b.file("spin.c"), fixture.Lazy)
	many := fixture.Build(b, py, b.file("many.c"), fixture.Lazy)
	e.cmd.Env = append(e.cmd.Environ(), "PYTHONPATH="+e.spin.Dir+":"+many.Dir, "PYTHONWARNINGS=ignore")
	in, err := e.cmd.StdinPipe()
	out, err2 := e.cmd.StdoutPipe()
	if err != nil || err2 != nil || e.cmd.Start() != nil {
		b.Fatalf("start %s", py.Path)
	}
	e.in, e.out = in, bufio.NewReader(out)
	e.line()
	return e
}

func (e *evaluator) line() string {
	line, err := e.out.ReadString('\n')
	if err != nil {
		e.b.Fatalf("the process to attach to has ended: %v", err)
	}
	return strings.TrimSpace(line)
}

func (e *evaluator) number(code string) float64 {
	fmt.Fprintln(e.in, code)
	v, err := strconv.ParseFloat(e.line(), 64)
	if err != nil {
		e.b.Fatalf("%s: %v", code, err)
	}
	return v
}

func (e *evaluator) median(code string, rounds int) float64 {
	var all []float64
	for range rounds {
		all = append(all, e.number(code))
	}
	return median(all)
}

func (e *evaluator) end() {
	e.in.Close()
	_ = e.cmd.Wait() // how it ends does not matter
}

// timed is how long something took by the clock, and how much of a CPU this process had.
func timed(f func()) (wall, cpu float64) {
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	begin := time.Now()
	f()
	wall = float64(time.Since(begin).Microseconds()) / 1000
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	used := func(r syscall.Rusage) int64 { return r.Utime.Nano() + r.Stime.Nano() }
	return wall, float64(used(after)-used(before)) / 1e6
}

// attachments is the price of watching a process that runs: gilwatch attach.
func attachments(b *bench) *table {
	t := newTable("python", "what", "value", "CPU of gilwatch, ms")
	for _, py := range b.pythons {
		b.attachment(t, py)
	}
	t.note("Calls and workload are told in time of the CPU that the process used. Every extension module of the standard library is loaded and, where it says so, watched " +
		"(--watch '*'), and with them a module of 8,192 call sites. A probed call is a call rel32 to a PLT stub, which the kernel emulates; a call through a slot " +
		"is executed out of line and costs more. The CPU column is what gilwatch itself used meanwhile: on a busy machine " +
		"the clock tells more of the others.")
	return t
}

func (b *bench) attachment(t *table, py pythons.Python) {
	e := b.evaluator(py)
	defer e.end()
	name := py.Name()
	bare, work := e.median(fmt.Sprintf("spin.spin(%d)", spinCalls), b.rounds(spinRounds)), e.median("workload()", b.rounds(workRounds))
	t.row(name, "a call, not watched, ns", bare, "")
	t.row(name, "the workload, not watched, ms", work, "")

	empty := b.emptyProbes(e)
	t.row(name, "a call, probed by a program that returns at once, ns", e.median(fmt.Sprintf("spin.spin(%d)", spinCalls), b.rounds(spinRounds)), "")
	empty.Close()
	s := b.attachTo(t, name, e, probe.Options{Modules: suppress.Modules{Watch: []string{"*"}}, Brake: -1})
	t.row(name, "a call, probed, ns", e.median(fmt.Sprintf("spin.spin(%d)", spinCalls), b.rounds(spinRounds)), "")
	all := e.median("workload()", b.rounds(workRounds))
	t.row(name, "the workload, all modules watched, ms", all, "")
	t.row(name, "slow-down, all modules watched", all/work, "")
	b.detach(t, name, s)

	s = b.attachTo(t, name, e, probe.Options{})
	for range brakeRounds {
		e.number(fmt.Sprintf("spin.spin(%d)", spinCalls))
	}
	t.row(name, "calls until the brake acted", float64(s.Calls()), "")
	other := e.median("workload()", b.rounds(workRounds))
	t.row(name, "slow-down, standard library not watched", other/work, "")
	b.detach(t, name, s)
}

func (b *bench) attachTo(t *table, name string, e *evaluator, o probe.Options) *probe.Session {
	var s *probe.Session
	var err error
	o.Log = zerolog.Nop()
	wall, cpu := timed(func() { s, err = probe.New(o) })
	if err != nil {
		b.Fatalf("%v", err)
	}
	t.row(name, "load the programs, ms", wall, cpu)
	wall, cpu = timed(func() { err = s.Attach(e.cmd.Process.Pid) })
	if err != nil {
		b.Fatalf("%v", err)
	}
	t.row(name, fmt.Sprintf("attach %d sites, ms", s.Sites()), wall, cpu)
	return s
}

func (b *bench) detach(t *table, name string, s *probe.Session) {
	wall, cpu := timed(s.Stop)
	t.row(name, fmt.Sprintf("detach %d sites, ms", s.Sites()), wall, cpu)
	s.Close()
}
