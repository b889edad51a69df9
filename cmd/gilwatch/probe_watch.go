package main

import (
	"context"
	"debug/elf"
	"os"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/probe"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/suppress"
	"github.com/gilwatch/gilwatch/internal/target"
	"github.com/rs/zerolog"
)

// probeWatch is the watch of `gilwatch run --backend uprobe`: nothing is loaded into the
// command.
type probeWatch struct{ session *probe.Session }

// beginProbe watches what this process starts from then on. Such a program is watchable
// whatever the dynamic loader would do.
func beginProbe(program target.Target) (beginFunc, target.Target) {
	loader := loaderOf(program.Program())
	program.Loadable, program.Reason = true, ""
	return func(log zerolog.Logger, _ plan) (watch, error) {
		// What the command executes is watched from its first instruction on: stopping it
		// while a module is prepared costs it some milliseconds, and misses nothing.
		s, err := probe.New(probe.Options{Children: true, StopOnLoad: true, Modules: suppress.Modules{Watch: []string{"*"}}, Log: log})
		if err != nil {
			return nil, err
		}
		if err := s.Follow(loader); err != nil {
			s.Close()
			return nil, err
		}
		return &probeWatch{s}, nil
	}, program
}

// loaderOf is the dynamic loader that a program asks for; "" for a static one.
func loaderOf(path string) string {
	f, err := elf.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < 4096 {
			name := make([]byte, p.Filesz)
			if _, err := p.ReadAt(name, 0); err == nil {
				return strings.TrimRight(string(name), "\x00")
			}
		}
	}
	return ""
}

func (*probeWatch) Environ(environ []string) []string { return environ }
func (*probeWatch) CommandStarted(int)                {}
func (*probeWatch) Trouble() error                    { return nil }

// Keep keeps nothing: there is no folder.
func (*probeWatch) Keep(*report.Report) (string, error) { return "", nil }

// WaitForRest waits for what the command left running.
func (w *probeWatch) WaitForRest(limit time.Duration, stop <-chan os.Signal) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	w.session.WaitForAll(ctx)
}

func (w *probeWatch) Finish(run collector.Run) (*report.Report, error) {
	run.Backend, run.Sensors = report.BackendUprobe, []string{report.SensorUprobe}
	return w.session.Report(run), nil
}

func (w *probeWatch) Close() error {
	w.session.Close()
	return nil
}
