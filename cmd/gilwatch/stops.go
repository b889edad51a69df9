package main

import (
	"os"
	"os/signal"

	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
	"golang.org/x/sys/unix"
)

// stops are the signals that ask gilwatch to end. As long as the command runs they are
// the command's (package supervise passes them on), and the report is made when it has
// ended. Afterwards the first one ends the waiting for other processes, and the report is
// made all the same; the second one ends gilwatch.
type stops struct {
	arrived chan os.Signal     // those that came after begin
	over    chan chan struct{} // nil where all are ignored
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
	s.over = make(chan chan struct{})
	caught := make(chan os.Signal, 8)
	signal.Notify(caught, sigs...)
	go s.watch(caught, sigs)
	return s
}

func (s *stops) watch(caught <-chan os.Signal, sigs []os.Signal) {
	for {
		select {
		case <-caught: // the command's
		case done := <-s.over:
			for len(caught) > 0 {
				<-caught
			}
			close(done)
			sig := <-caught
			signal.Reset(sigs...)
			s.arrived <- sig
			return
		}
	}
}

// begin is called once, when the command has ended, see supervise.Command: whoever sends a
// signal because the command is gone finds it begun. What came before is past when it returns.
func (s *stops) begin() {
	if s.over == nil {
		return
	}
	// One that is being delivered has been, to all channels, when this has got their lock.
	signal.Stop(make(chan os.Signal))
	done := make(chan struct{})
	s.over <- done
	<-done
}
