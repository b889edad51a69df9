package collector

import (
	"errors"
	"os"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
)

// maxDrained bounds what is read when listening ends: all that a pipe holds by default, and
// no more, while others still write.
const maxDrained = 64 << 10

// notes finds the notes in what is read from the bell. A note is written in one piece, but
// anybody of the same user can write something else, of any length.
type notes struct {
	rest []byte // too short for a note
}

// add returns the notes that are complete now, and how many bytes were none.
func (n *notes) add(data []byte) (found []journal.Note, strange int) {
	n.rest = append(n.rest, data...)
	for len(n.rest) >= journal.SizeofBell {
		note, err := journal.ParseNote(n.rest[:journal.SizeofBell])
		if err != nil {
			n.rest = n.rest[1:]
			strange++
			continue
		}
		found = append(found, note)
		n.rest = n.rest[journal.SizeofBell:]
	}
	return found, strange
}

// listen heeds notes until reading ends.
func (c *Collector) listen() {
	// Whole notes, since another process may read from the same bell.
	buf := make([]byte, 128*journal.SizeofBell)
	for {
		n, err := c.bell.Read(buf)
		c.hear(buf[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) { // see Close
			return
		}
		if err != nil {
			c.log.Warn().Err(err).Msg("reading the session's bell")
			return
		}
	}
}

// once is the level of a warning that is worth one line of a session, however often whoever
// writes on the bell asks for it.
func (c *Collector) once(said *bool) zerolog.Level {
	if *said {
		return zerolog.DebugLevel
	}
	*said = true
	return zerolog.WarnLevel
}

func (c *Collector) hear(data []byte) {
	found, strange := c.notes.add(data)
	if strange > 0 {
		c.log.WithLevel(c.once(&c.strange)).Int("bytes", strange).Msg("on the session's bell are bytes that are no note")
	}
	for _, n := range found {
		c.heed(n)
	}
}

// drain heeds the notes that are there already, without waiting for more.
func (c *Collector) drain() {
	bell, err := c.bell.SyscallConn()
	if err != nil {
		return
	}
	buf := make([]byte, 128*journal.SizeofBell)
	for total := 0; total < maxDrained; {
		n := 0
		if err := bell.Control(func(fd uintptr) { n, err = unix.Read(int(fd), buf) }); err != nil || n <= 0 {
			return
		}
		total += n
		c.hear(buf[:n])
	}
}

func (c *Collector) heed(n journal.Note) {
	switch n.Type {
	case journal.Hello:
		c.log.Debug().Int32("pid", n.Pid).Msg("process with an interpreter")
		if c.ends == nil {
			return
		}
		pid, err := c.places.find(c.session.Folder, n)
		if err == nil {
			err = c.ends.watch(pid, n.Serial)
		}
		if err != nil {
			c.log.Debug().Err(err).Int32("pid", n.Pid).Msg("its end will not be seen")
		}
	case journal.NoJournal:
		if c.spoil(int(n.Pid)) {
			c.log.Warn().Int32("pid", n.Pid).Msg("a process cannot be watched: " + noJournal)
		}
	case journal.NewViolation:
		c.see(n)
	}
}
