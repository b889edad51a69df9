// Package probe watches running processes from outside, with nothing loaded into them: it
// puts eBPF uprobes on the instructions by which extension modules call the C API.
package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"
	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/probe/program"
	"github.com/gilwatch/gilwatch/internal/suppress"
)

// Options of a session.
type Options struct {
	// Children lets what the processes fork and execute be watched too. Then every process
	// that has one of the modules loaded pays for the breakpoints in it.
	Children bool
	// StopOnLoad stops a process, with SIGSTOP, while a module that it has just loaded is
	// prepared: else what the module does in its first milliseconds is not seen.
	StopOnLoad bool
	// Modules chooses modules; without a glob all but the standard library's own.
	Modules suppress.Modules
	// Brake is the number of calls a second, over all, from which on the hottest sites are
	// switched off; 0 is DefaultBrake, less than 0 is none.
	Brake int
	Log   zerolog.Logger
}

// StopSignal is the signal by which StopOnLoad stops.
const StopSignal = unix.SIGSTOP

// DefaultBrake bounds the cost at some tenth of a CPU.
const DefaultBrake = 200_000

// Session watches a set of processes. Its methods are for one goroutine, but for Wait's
// context.
type Session struct {
	options Options
	program *program.Loaded
	sites   sites
	hooks   []link.Link // on what tells of processes
	loaders map[hookKey]link.Link
	records *ringbuf.Reader
	clock   clock
	guard   *guard // nil without StopOnLoad
	filters bool   // see filtersProcesses

	mu       sync.Mutex // held while records are handled, and while the brake acts
	files    files
	trees    collector.Trees
	targets  map[uint32]*target // by the number that the programs know them by
	all      []*target
	next     uint32
	sequence uint64
	running  int // targets that were asked for and have not ended

	scanners sync.WaitGroup
	done     sync.WaitGroup
	ended    chan struct{} // closed when none of those runs any more
	changed  chan struct{} // has one in it when a process has ended
	closing  chan struct{}
}

// New loads the programs and begins to listen. The error is a *NotPossibleError where the
// kernel or the rights are missing.
func New(o Options) (*Session, error) {
	if err := check(); err != nil {
		return nil, err
	}
	if o.Brake == 0 {
		o.Brake = DefaultBrake
	}
	s := &Session{
		options: o, filters: filtersProcesses(kernelRelease()), clock: newClock(), loaders: map[hookKey]link.Link{}, files: files{},
		targets: map[uint32]*target{}, next: 1, ended: make(chan struct{}), changed: make(chan struct{}, 1), closing: make(chan struct{}),
	}
	var err error
	if o.StopOnLoad {
		if s.guard, err = newGuard(); err != nil {
			s.guard = nil
			o.Log.Warn().Err(err).Msg("a process may stay stopped if gilwatch is killed")
		}
	}
	if s.program, err = program.Load(maxSites); err != nil {
		s.guard.end()
		return nil, notPossible(err)
	}
	if err := s.listen(); err != nil {
		s.Close()
		return nil, notPossible(err)
	}
	return s, nil
}

// listen attaches to what tells of processes, and starts to read records.
func (s *Session) listen() error {
	var err error
	if s.records, err = ringbuf.NewReader(s.program.Records); err != nil {
		return err
	}
	for _, p := range []link.TracingOptions{{Program: s.program.Forked}, {Program: s.program.Executed}, {Program: s.program.Exited}} {
		l, err := link.AttachTracing(p)
		if err != nil {
			return fmt.Errorf("attach to the scheduler's tracepoints: %w", err)
		}
		s.hooks = append(s.hooks, l)
	}
	s.done.Go(s.read)
	if s.options.Brake > 0 {
		s.done.Go(s.brake)
	}
	return nil
}

// read handles records until the reader is closed.
func (s *Session) read() {
	var record ringbuf.Record
	for {
		if err := s.records.ReadInto(&record); err != nil {
			if !errors.Is(err, ringbuf.ErrClosed) && !errors.Is(err, ringbuf.ErrFlushed) {
				s.options.Log.Warn().Err(err).Msg("reading what the programs recorded")
			}
			return
		}
		s.mu.Lock()
		s.handle(record.RawSample)
		s.mu.Unlock()
	}
}

// Wait waits until all processes that were asked for have ended, or the context is done.
func (s *Session) Wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.ended:
	}
}

// WaitForAll waits until nothing that is followed runs any more, or the context is done.
func (s *Session) WaitForAll(ctx context.Context) {
	for s.alive() {
		select {
		case <-ctx.Done():
			return
		case <-s.changed:
		}
	}
}

func (s *Session) alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.targets {
		if !t.own && !t.over {
			return true
		}
	}
	return false
}

// stopping says that nothing is to be attached any more.
func (s *Session) stopping() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// Stop detaches. What was recorded until then is in the report.
func (s *Session) Stop() {
	if s.stopping() {
		return
	}
	close(s.closing)
	s.mu.Lock()
	// The hooks first: nothing new is to come.
	links := slices.Concat(s.hooks, slices.Collect(maps.Values(s.loaders)), s.sites.take())
	closeAll(links)
	s.mu.Unlock()
	if s.records != nil {
		_ = s.records.Flush() // reads on to what is there now
		s.done.Wait()
		s.records.Close()
	}
	s.guard.end()
}

// Close detaches and frees everything.
func (s *Session) Close() {
	s.Stop()
	for _, t := range s.all {
		t.close()
	}
	s.files.close()
	s.trees.Close()
	if s.program != nil {
		s.program.Close()
	}
}

// clock turns the kernel's monotonic time into the time of day.
type clock struct{ zero time.Time }

func newClock() clock {
	var now unix.Timespec
	wall := time.Now()
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) != nil {
		return clock{wall}
	}
	return clock{wall.Add(-time.Duration(now.Nano()))}
}

// at is without a monotonic reading of its own: it is compared with other processes' times.
func (c clock) at(ns uint64) time.Time {
	return c.zero.Add(time.Duration(ns)).Round(0)
}
