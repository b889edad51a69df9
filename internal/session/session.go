// Package session makes the folder of one run: the shim lies in it, and beside the shim
// its settings, the bell (a FIFO) and the journals. A process finds all of them from the
// path that the shim was loaded from, so LD_PRELOAD is the only variable a watched
// program gets.
package session

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/shimfile"
)

// The files of a session folder.
const (
	ShimName     = "libgilwatch.so"
	settingsName = "settings"
	bellName     = "bell"
)

// Options of a session; the zero value is right for `gilwatch run`.
type Options struct {
	// Parent is the folder that the session folder is made in; "" is os.TempDir().
	Parent string
	// Keep leaves the folder behind when the session is closed.
	Keep bool
	// Embedded lets a process start the collector inside the shim when none listens.
	Embedded bool
	// Wait is how long a thread waits for the collector at a stack it has not met; 0 is
	// DefaultWait.
	Wait time.Duration
	// JournalMax is how many bytes a process's journal may grow to; 0 is
	// DefaultJournalMax.
	JournalMax uint64
}

// Defaults of Options.
const (
	DefaultWait       = 2 * time.Second
	DefaultJournalMax = 256 << 20
)

// Session is a session folder.
type Session struct {
	Folder  string
	options Options
}

// New makes the folder, mode 0700, with an unguessable name, and lays the shim into it.
func New(o Options) (*Session, error) {
	shim, err := shimfile.Bytes()
	if err != nil {
		return nil, err
	}
	if o.Wait == 0 {
		o.Wait = DefaultWait
	}
	if o.JournalMax == 0 {
		o.JournalMax = DefaultJournalMax
	}
	parent := o.Parent
	if parent == "" {
		parent = os.TempDir()
	}
	if parent, err = filepath.Abs(parent); err != nil {
		return nil, fmt.Errorf("making the session folder: %w", err)
	}
	folder, err := os.MkdirTemp(parent, "gilwatch-")
	if err != nil {
		return nil, fmt.Errorf("making the session folder: %w", err)
	}
	s := &Session{folder, o}
	if err := s.fill(shim); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return s, nil
}

func (s *Session) fill(shim []byte) error {
	if strings.ContainsAny(s.Folder, ": ") {
		return fmt.Errorf("making the session folder %s: the dynamic loader splits LD_PRELOAD at blanks and colons", s.Folder)
	}
	if err := os.WriteFile(s.Shim(), shim, 0o500); err != nil {
		return fmt.Errorf("laying the shim into the session folder: %w", err)
	}
	settings := journal.Settings{Wait: s.options.Wait, JournalMax: s.options.JournalMax, Embedded: s.options.Embedded}
	if err := os.WriteFile(filepath.Join(s.Folder, settingsName), settings.Bytes(), 0o400); err != nil {
		return fmt.Errorf("writing the session's settings: %w", err)
	}
	if err := unix.Mkfifo(s.Bell(), 0o600); err != nil {
		return fmt.Errorf("making the session's bell %s: %w", s.Bell(), err)
	}
	return nil
}

// Open is the session of a folder that another process made.
func Open(folder string) *Session { return &Session{Folder: folder, options: Options{Keep: true}} }

// Shim is the path of the preload library.
func (s *Session) Shim() string { return filepath.Join(s.Folder, ShimName) }

// Bell is the path of the FIFO on which processes ring.
func (s *Session) Bell() string { return filepath.Join(s.Folder, bellName) }

// Journals lists the paths of the journals that are there now.
func (s *Session) Journals() ([]string, error) {
	return filepath.Glob(filepath.Join(s.Folder, "[0-9]*.[0-9]*"))
}

// Environ returns the environment with the shim in LD_PRELOAD, behind what stands there
// already: a sanitizer's runtime must be the first object.
func (s *Session) Environ(environ []string) []string {
	const name = "LD_PRELOAD="
	out := make([]string, 0, len(environ)+1)
	preload := name + s.Shim()
	for _, e := range environ {
		if value, ok := strings.CutPrefix(e, name); ok {
			if value != "" {
				preload = name + value + ":" + s.Shim()
			}
			continue
		}
		out = append(out, e)
	}
	return append(out, preload)
}

// Close removes the folder, unless it is to be kept.
func (s *Session) Close() error {
	if s.options.Keep {
		return nil
	}
	if err := os.RemoveAll(s.Folder); err != nil {
		return fmt.Errorf("removing the session folder: %w", err)
	}
	return nil
}
