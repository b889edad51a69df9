package main

import (
	"os"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/rs/zerolog"
)

// watch is what watches one command: a session folder and its collector.
type watch interface {
	// Environ returns the environment with the shim in LD_PRELOAD.
	Environ(environ []string) []string
	// Finish makes the report, once the command has ended.
	Finish(run collector.Run) (*report.Report, error)
	// Trouble is what went wrong inside gilwatch meanwhile; nil is nothing.
	Trouble() error
	// Close ends watching and removes what was made for it.
	Close() error
}

// beginFunc begins to watch; live is where violations are written as they are seen, nil for
// nowhere.
type beginFunc func(log zerolog.Logger, live *collector.Live) (watch, error)

// sessionWatch is the watch of `gilwatch run`.
type sessionWatch struct {
	*session.Session
	collector *collector.Collector
	finished  bool
}

func beginSession(log zerolog.Logger, live *collector.Live) (watch, error) {
	s, err := session.New(session.Options{})
	if err != nil {
		return nil, err
	}
	log.Debug().Str("folder", s.Folder).Msg("session folder made")
	c, err := collector.Start(s, log, live)
	if err != nil {
		s.Close()
		return nil, err
	}
	return &sessionWatch{Session: s, collector: c}, nil
}

func (w *sessionWatch) Finish(run collector.Run) (*report.Report, error) {
	w.finished = true
	return w.collector.Finish(run)
}

func (w *sessionWatch) Trouble() error { return w.collector.Trouble() }

func (w *sessionWatch) Close() error {
	if !w.finished {
		w.collector.Close()
	}
	return w.Session.Close()
}

// noWatch stands for a watch that could not begin: its report names the command
// as not watched.
type noWatch struct{ log zerolog.Logger }

func (noWatch) Environ(environ []string) []string { return environ }
func (noWatch) Close() error                      { return nil }
func (noWatch) Trouble() error                    { return nil }

func (w noWatch) Finish(run collector.Run) (*report.Report, error) {
	// No journal can lie below a file that is no folder.
	nothing := session.Open(os.DevNull)
	ends := func(int) (collector.End, bool) { return collector.End{}, false }
	return collector.Build(nothing, run, ends, w.log)
}
