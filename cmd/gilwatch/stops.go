package main

import (
	"os"
	"os/signal"
	"sync/atomic"

	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
	"golang.org/x/sys/unix"
)

// stops are the signals that ask gilwatch to end. As long as the command runs they are
// the command's (package supervise passes them on), and the report is made when it has
// ended. Afterwards the first one ends the waiting for other processes, and the report is
// made all the same; the second one ends gilwatch.
type stops struct {
	arrived chan os.Signal // those that came after begin
	begun   atomic.Bool
}

func catchStops() *stops {
	var sigs []os.Signal
	for _, sig := range []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGTERM} {
		if !inherit.Has(inherit.AtStart().Ignored, sig) {
			sigs = append(sigs, sig)
		}
	}
	s := &stops{arrived: make(chan os.Signal, 1)}
	if len(sigs) == 0 {
		return s
	}
	caught := make(chan os.Signal, 8)
	signal.Notify(caught, sigs...)
	go func() {
		for sig := range caught {
			if s.begun.Load() {
				signal.Reset(sigs...)
				s.arrived <- sig
				return
			}
		}
	}()
	return s
}

// begin is called when the command has ended and is still a zombie: whoever sends a signal
// because the command is gone finds it begun.
func (s *stops) begin() { s.begun.Store(true) }
