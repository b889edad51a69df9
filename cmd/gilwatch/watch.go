package main

import (
	"os"
	"time"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/rs/zerolog"
)

// watch is what watches one command: a session folder and its collector.
type watch interface {
	// Environ returns the environment with the shim in LD_PRELOAD.
	Environ(environ []string) []string
	// CommandStarted is called with the command's pid.
	CommandStarted(pid int)
	// WaitForRest waits for processes that outlive the command, until the time is over or
	// something comes over stop.
	WaitForRest(limit time.Duration, stop <-chan os.Signal)
	// Finish makes the report, once the command has ended.
	Finish(run collector.Run) (*report.Report, error)
	// Trouble is what went wrong inside gilwatch meanwhile; nil is nothing.
	Trouble() error
	// Keep keeps what was found past Close, with its report if there is one. It returns
	// the folder, "" if there is none.
	Keep(r *report.Report) (folder string, err error)
	// Close ends watching and removes what was made for it, unless it is kept.
	Close() error
}

// plan is what is to be watched, and how.
type plan struct {
	options session.Options
	run     session.Run
	live    *collector.Live   // where violations are written as they are seen; nil for nowhere
	acting  *collector.Acting // asked where processes stop or abort; may be nil
}

// beginFunc begins to watch.
type beginFunc func(log zerolog.Logger, p plan) (watch, error)

// sessionWatch is the watch of `gilwatch run`.
type sessionWatch struct {
	*session.Session
	collector *collector.Collector
	finished  bool
	run       session.Run
	log       zerolog.Logger
}

func beginSession(log zerolog.Logger, p plan) (watch, error) {
	s, err := session.New(p.options)
	if err != nil {
		return nil, err
	}
	log.Debug().Str("folder", s.Folder).Msg("session folder made")
	w := &sessionWatch{Session: s, run: p.run, log: log}
	w.writeRun()
	w.sweep()
	w.collector, err = collector.Start(s, log, p.live, p.acting)
	if err != nil {
		s.Close()
		return nil, err
	}
	return w, nil
}

// writeRun keeps the facts for a report that is made when this process was killed.
func (w *sessionWatch) writeRun() {
	if err := w.WriteRun(w.run); err != nil {
		w.log.Warn().Err(err).Msg("the session folder will not say what it is for")
	}
}

// sweep removes what earlier runs could not.
func (w *sessionWatch) sweep() {
	unread, err := w.Sweep()
	if err != nil {
		w.log.Info().Err(err).Msg("a folder of an earlier session was not removed")
	}
	for _, folder := range unread {
		w.log.Info().Str("folder", folder).Msg("a gilwatch could not report here: gilwatch report FOLDER tells what it found")
	}
}

func (w *sessionWatch) CommandStarted(pid int) {
	w.run.Pid = pid
	w.writeRun()
}

func (w *sessionWatch) WaitForRest(limit time.Duration, stop <-chan os.Signal) {
	w.collector.WaitForRest(limit, stop)
}

func (w *sessionWatch) Finish(run collector.Run) (*report.Report, error) {
	w.finished = true
	return w.collector.Finish(run)
}

func (w *sessionWatch) Keep(r *report.Report) (string, error) {
	w.Session.Keep()
	if r == nil {
		return w.Folder, nil
	}
	return w.Folder, w.WriteReport(r)
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

func (noWatch) Environ(environ []string) []string           { return environ }
func (noWatch) CommandStarted(int)                          {}
func (noWatch) WaitForRest(time.Duration, <-chan os.Signal) {}
func (noWatch) Close() error                                { return nil }
func (noWatch) Trouble() error                              { return nil }
func (noWatch) Keep(*report.Report) (string, error)         { return "", nil }

func (w noWatch) Finish(run collector.Run) (*report.Report, error) {
	// No journal can lie below a file that is no folder.
	nothing := session.Open(os.DevNull)
	ends := func(int) (collector.End, bool) { return collector.End{}, false }
	return collector.Build(nothing, run, ends, w.log)
}
