package collector

import (
	"errors"
	"io"
	"os"

	"github.com/gilwatch/gilwatch/internal/journal"
)

// listen reads notes until the bell is closed. A note is written in one piece and so
// read in one; bytes that are none are passed over.
func (c *Collector) listen() {
	buf := make([]byte, journal.SizeofBell)
	for {
		n, err := io.ReadFull(c.bell, buf)
		if errors.Is(err, os.ErrClosed) {
			return
		}
		if err != nil {
			c.log.Warn().Err(err).Int("bytes", n).Msg("reading the session's bell")
			return
		}
		note, err := journal.ParseNote(buf)
		if err != nil {
			c.log.Warn().Err(err).Msg("on the session's bell")
			continue
		}
		c.heed(note)
	}
}

func (c *Collector) heed(n journal.Note) {
	path := n.Path(c.session.Folder)
	switch n.Type {
	case journal.Hello:
		c.log.Debug().Int32("pid", n.Pid).Msg("process with an interpreter")
		if err := c.ends.watch(int(n.Pid)); err != nil {
			c.log.Debug().Err(err).Int32("pid", n.Pid).Msg("its end will not be seen")
		}
	case journal.NewViolation:
		if c.look != nil {
			c.look(n)
		}
		if err := journal.Release(path, n.Entry); err != nil {
			c.log.Warn().Err(err).Msg("a thread waits until its limit")
		}
	}
}
