package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
)

// stdoutPath is the PATH of --report that stands for stdout.
const stdoutPath = "-"

// output is one report to write.
type output struct {
	report.Spec
	file *os.File
	// shared says that the file is our stdout or stderr, where the command writes as well: it
	// is neither emptied nor closed.
	shared bool
}

// How often a pipe is asked for a reader, and how many times: one that is started beside
// gilwatch comes later, and one that never comes must not hold up the command for ever.
const (
	readerCheck  = 10 * time.Millisecond
	readerChecks = 300
)

// openOutput opens a report's file, and leaves what stands in it. The error is errNoReader for a
// pipe that nobody reads, ENXIO in fifo(7), and errClosed for our stdout or stderr where there is
// none.
func (a *app) openOutput(spec report.Spec) (output, error) {
	if spec.Path == stdoutPath {
		return ownOutput(spec, a.stdout)
	}
	// Not opened: a socket cannot be, and a file would be another one than that at its end.
	if there, err := os.Stat(spec.Path); err == nil {
		for _, ours := range []*os.File{a.stdout, a.stderr} {
			if info, err := ours.Stat(); err == nil && os.SameFile(there, info) {
				return ownOutput(spec, ours)
			}
		}
	}
	f, err := openForWriting(spec.Path)
	for range readerChecks {
		if !errors.Is(err, errNoReader) {
			break
		}
		time.Sleep(readerCheck)
		f, err = openForWriting(spec.Path)
	}
	return output{spec, f, false}, err
}

// ownOutput is a report into our stdout or stderr. Where that was closed Go's runtime has opened
// /dev/null, which only who names it can mean.
func ownOutput(spec report.Spec, ours *os.File) (output, error) {
	fd := ours.Fd()
	if fd <= 2 && inherit.AtStart().Closed>>fd&1 != 0 && spec.Path != os.DevNull {
		return output{}, fmt.Errorf("%s: %w", ours.Name(), errClosed)
	}
	return output{spec, ours, true}, nil
}

var (
	// errNoReader is of a pipe that nobody reads.
	errNoReader = errors.New("nobody reads it")
	// errClosed is of a stream that gilwatch was started without.
	errClosed = errors.New("it is closed")
)

func openForWriting(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|unix.O_NONBLOCK, 0o666)
	if info, statErr := os.Stat(path); errors.Is(err, unix.ENXIO) && statErr == nil && info.Mode()&os.ModeNamedPipe != 0 {
		return nil, fmt.Errorf("%w: %w", errNoReader, err)
	}
	return f, err
}

// cleared returns the output, empty, with the file that the path names now: the command may
// have removed the one that was opened, or laid another there.
func (a *app) cleared(out output) (output, error) {
	if !out.isRegular() {
		return out, nil
	}
	opened, err := out.file.Stat()
	if err != nil {
		return out, err
	}
	if there, err := os.Stat(out.Path); err != nil || !os.SameFile(opened, there) {
		out.file.Close()
		if out, err = a.openOutput(out.Spec); err != nil {
			return out, hinted(fmt.Errorf("the file was removed: %w", err), "name a path whose folder the command leaves alone")
		}
	}
	if !out.isRegular() {
		return out, nil
	}
	return out, out.file.Truncate(0)
}

// isRegular tells whether the output is a file of its own.
func (o output) isRegular() bool {
	info, err := o.file.Stat()
	return err == nil && info.Mode().IsRegular() && !o.shared
}

// sameOpen tells whether two open files are the same one.
func sameOpen(f, g *os.File) bool {
	one, err := f.Stat()
	if err != nil {
		return false
	}
	other, err := g.Stat()
	return err == nil && os.SameFile(one, other)
}
