// Package collector is the other end of the shim: it hears the processes of a session
// begin and violate, lets waiting threads go on, learns how processes end, and makes
// the report of what their journals hold.
package collector

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
)

// Collector listens to the processes of one session.
type Collector struct {
	session *session.Session
	log     zerolog.Logger
	bell    *os.File
	notes   notes
	ends    *ends       // nil: nobody asks how processes end
	look    func(sight) // while a thread waits with a new violation; may be nil
	stopped func(Stop)  // when a process has stopped; may be nil
	spares  func(*report.Report) bool
	names   *announcer // of the violations that spares is asked of; nil: none are
	follow  followers
	moments moments
	live    *live // nil: nothing is written before the end
	done    sync.WaitGroup

	strange, unreleased bool // what was warned of already

	places places

	mu     sync.Mutex
	spoilt []int // processes that could not make a journal

	running []int // processes of the session that WaitForRest left alive
}

// Run is what is known of the command itself, from having started it.
type Run struct {
	Command  []string
	Exe      string // file that was executed
	Pid      int    // 0: it never ran
	ExitCode *int   // its status, nil if it died by Signal
	Signal   *int
	Started  time.Time
	Finished time.Time
	// Unwatched says why the command was started without the shim; "" when it was
	// started with it.
	Unwatched string
	// Backend is what the command was watched by, in the report's words; "" is the shim.
	Backend string
	// Sensors are those in use, in the report's words; empty: not known.
	Sensors []string
	// Version is gilwatch's own.
	Version string
	// Keep tells whether a violation belongs into the report; nil keeps all. It is asked
	// before equal ones are folded.
	Keep func(*report.Violation) bool
	// Cwd is the folder that the command was started in; "" is this process's.
	Cwd string
	// Running are the processes of the session that are still alive.
	Running []int
}

// Start listens on the session's bell. With a live that is not nil it writes each violation
// there as it is seen. Where the session's action is journal.Stop or journal.Abort, acting is
// asked; it may be nil.
func Start(s *session.Session, log zerolog.Logger, to *Live, acting *Acting) (*Collector, error) {
	ends, err := newEnds()
	if err != nil {
		log.Warn().Err(err).Msg("how processes end will not be seen")
	}
	c, err := openBell(s, log)
	if err != nil {
		if ends != nil {
			ends.close()
		}
		return nil, err
	}
	c.ends = ends
	if s.Action() == journal.Stop || s.Action() == journal.Abort {
		c.act(acting)
	}
	if to != nil {
		c.live = startLive(c, to)
		c.look = c.live.add
	}
	c.start()
	return c, nil
}

// openBell makes a collector that does not listen yet.
func openBell(s *session.Session, log zerolog.Logger) (*Collector, error) {
	// Open for reading and writing: there always is a writer, so a read waits instead
	// of seeing the end of the file whenever no process has the bell open.
	fd, err := unix.Open(s.Bell(), unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, fmt.Errorf("opening the session's bell %s: %w", s.Bell(), err)
	}
	bell := os.NewFile(uintptr(fd), s.Bell())
	if err := bell.SetReadDeadline(time.Time{}); err != nil { // Close needs one
		bell.Close()
		return nil, fmt.Errorf("listening on the session's bell %s: %w", s.Bell(), err)
	}
	return &Collector{session: s, log: log, bell: bell}, nil
}

func (c *Collector) start() { c.done.Go(c.listen) }

// Close stops listening, once what was rung before is heard.
func (c *Collector) Close() {
	_ = c.bell.SetReadDeadline(time.Unix(1, 0)) // it was possible at the start
	c.done.Wait()
	c.drain()
	c.bell.Close()
	if c.ends != nil {
		c.ends.close()
	}
	if c.live != nil {
		c.live.close()
	}
	if c.names != nil {
		c.names.resolver.Close()
	}
}

// Finish stops listening and makes the report of the session.
func (c *Collector) Finish(run Run) (*report.Report, error) {
	c.Close()
	run.Running = append(run.Running, c.running...)
	defer c.places.close()
	return build(c.session, run, c.endOf, c.spoilt, &c.moments, &c.places, c.log)
}

func (c *Collector) endOf(j *journal.Journal) (End, bool) {
	if c.ends == nil {
		return End{}, false
	}
	return c.ends.of(j)
}
