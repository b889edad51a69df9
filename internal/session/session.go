// Package session makes the folder of one run: the shim lies in it, and beside the shim
// its settings, the bell (a FIFO) and the journals. A process finds all of them from the
// path that the shim was loaded from, so LD_PRELOAD is the only variable a watched
// program gets.
package session

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/shimfile"
)

// prefix begins the name of every session folder.
const prefix = "gilwatch-"

// The files of a session folder.
const (
	ShimName     = "libgilwatch.so"
	settingsName = "settings"
	bellName     = "bell"
)

// Options of a session; the zero value is right for `gilwatch run`.
type Options struct {
	// Parent is the folder that the session folder is made in; "" is $TMPDIR, or where that
	// is not set the first that works of /tmp, $XDG_RUNTIME_DIR, /dev/shm and /var/tmp.
	Parent string
	// Keep leaves the folder behind when the session is closed.
	Keep bool
	// Embedded lets a process start the collector inside the shim when none listens.
	Embedded bool
	// Wait is how long a thread waits for the collector at a stack it has not met; 0 is
	// DefaultWait.
	Wait time.Duration
	// Action is what a process does at a violation, once it is recorded.
	Action journal.Action
	// Acquire is how long a thread waits for the GIL that it is to acquire; 0 is
	// DefaultAcquire.
	Acquire time.Duration
	// JournalMax is how many bytes a process's journal may grow to; 0 is
	// DefaultJournalMax.
	JournalMax uint64
	// Sensors are those in use; 0 is all.
	Sensors journal.Sensors
}

// Defaults of Options.
const (
	DefaultWait       = 2 * time.Second
	DefaultAcquire    = 2 * time.Second
	DefaultJournalMax = 256 << 20
)

// Session is a session folder.
type Session struct {
	Folder  string
	options Options
	lock    *lock
}

// New makes the folder, mode 0700, with an unguessable name, lays the shim into it, and
// holds that the dynamic loader takes the shim from there. The error is a *FolderError
// when no folder could be made, and wraps a *RefusedError where the loader refused.
func New(o Options) (*Session, error) {
	shim, err := shimfile.Bytes()
	if err != nil {
		return nil, err
	}
	if o.Wait == 0 {
		o.Wait = DefaultWait
	}
	if o.Acquire == 0 {
		o.Acquire = DefaultAcquire
	}
	if o.JournalMax == 0 {
		o.JournalMax = DefaultJournalMax
	}
	if o.Sensors == 0 {
		o.Sensors = journal.AllSensors
	}
	o.JournalMax = min(o.JournalMax, journal.MaxSize)
	if o.Parent != "" {
		return newIn([]string{o.Parent}, o, shim)
	}
	return newIn(parents(), o, shim)
}

// newIn makes the session in the first of the folders that it works in.
func newIn(folders []string, o Options, shim []byte) (*Session, error) {
	failed := new(FolderError)
	for _, folder := range folders {
		s, err := newUnder(folder, o, shim)
		if err == nil {
			return s, nil
		}
		failed.Tried = append(failed.Tried, err)
	}
	return nil, failed
}

func newUnder(parent string, o Options, shim []byte) (*Session, error) {
	parent, err := usable(parent)
	if err != nil {
		return nil, err
	}
	// Mkdir takes nothing that is there, and follows no link. Nobody can have guessed the name.
	folder := filepath.Join(parent, prefix+rand.Text())
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	s := &Session{Folder: folder, options: o}
	// A file system without locks is no reason to fail: nobody can sweep there either.
	s.lock, _ = lockFolder(folder, unix.LOCK_SH)
	err = s.fill(shim)
	if program := probeProgram(); err == nil && program != "" {
		err = probe(program, s.Shim())
	}
	if err != nil {
		s.Release()
		os.RemoveAll(folder)
		return nil, err
	}
	return s, nil
}

func (s *Session) fill(shim []byte) error {
	o := s.options
	settings := journal.Settings{
		Wait: o.Wait, JournalMax: o.JournalMax, Embedded: o.Embedded, Sensors: o.Sensors, Action: o.Action, Acquire: o.Acquire,
	}
	if err := writeFile(s.Shim(), shim, 0o500); err != nil {
		return fmt.Errorf("laying the shim into the session folder: %w", err)
	}
	if err := writeFile(filepath.Join(s.Folder, settingsName), settings.Bytes(), 0o400); err != nil {
		return fmt.Errorf("writing the session's settings: %w", err)
	}
	if err := unix.Mkfifo(s.Bell(), 0o600); err != nil {
		return fmt.Errorf("making the session's bell %s: %w", s.Bell(), err)
	}
	if err := os.Chmod(s.Bell(), 0o600); err != nil { // whatever the umask
		return fmt.Errorf("making the session's bell: %w", err)
	}
	return nil
}

// writeFile writes a new file of that mode, whatever the umask.
func writeFile(path string, data []byte, mode os.FileMode) error {
	if err := os.WriteFile(path, data, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// Open is the session of a folder that another process made.
func Open(folder string) *Session { return &Session{Folder: folder, options: Options{Keep: true}} }

// Action is what the session's processes do at a violation.
func (s *Session) Action() journal.Action { return s.options.Action }

// Shim is the path of the preload library.
func (s *Session) Shim() string { return filepath.Join(s.Folder, ShimName) }

// HasShim tells whether the preload library lies in the folder. One without it is no session.
func (s *Session) HasShim() bool {
	info, err := os.Lstat(s.Shim())
	return err == nil && info.Mode().IsRegular()
}

// Bell is the path of the FIFO on which processes ring.
func (s *Session) Bell() string { return filepath.Join(s.Folder, bellName) }

// Journals lists the paths of the journals that are there now. A session whose folder is
// no folder has none.
func (s *Session) Journals() ([]string, error) {
	entries, err := os.ReadDir(s.Folder)
	if errors.Is(err, unix.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the session's journals: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if isJournal(e.Name()) {
			paths = append(paths, filepath.Join(s.Folder, e.Name()))
		}
	}
	return paths, nil
}

// isJournal tells whether a file is named PID.SERIAL.
func isJournal(name string) bool {
	pid, serial, found := strings.Cut(name, ".")
	_, err := strconv.ParseUint(pid, 10, 31)
	if err == nil {
		_, err = strconv.ParseUint(serial, 10, 32)
	}
	return found && err == nil
}

// Environ returns the environment with the shim in LD_PRELOAD, behind what stands there
// already: a sanitizer's runtime must be the first object. Of several LD_PRELOADs the last
// one holds, as for the loader (elf/rtld.c, process_envvars). The shims of other sessions are
// taken out: what runs here belongs to this one.
func (s *Session) Environ(environ []string) []string {
	const name = "LD_PRELOAD="
	out := make([]string, 0, len(environ)+1)
	preload := s.Shim()
	for _, e := range environ {
		value, ok := strings.CutPrefix(e, name)
		switch {
		case !ok:
			out = append(out, e)
		default:
			preload = strings.TrimPrefix(withoutShims(value)+":"+s.Shim(), ":")
		}
	}
	return append(out, name+preload)
}

// withoutShims is a value of LD_PRELOAD without the shims that it names; "" if no name is left.
func withoutShims(value string) string {
	var names []string
	for _, n := range strings.FieldsFunc(value, func(r rune) bool { return r == ':' || r == ' ' }) {
		if filepath.Base(n) != ShimName {
			names = append(names, n)
		}
	}
	return strings.Join(names, ":")
}

// Close removes the folder, unless it is to be kept. Of a folder that running processes
// name in LD_PRELOAD the shim stays, asleep without its settings, so that the programs
// they start are not told of a library that is missing; a later session sweeps it.
func (s *Session) Close() error {
	defer s.Release()
	if s.options.Keep {
		return nil
	}
	remove := os.RemoveAll
	if len(s.Holders()) > 0 {
		remove = removeButShim
	}
	if err := remove(s.Folder); err != nil {
		return fmt.Errorf("removing the session folder: %w", err)
	}
	return nil
}

// removeButShim leaves the shim, and the file that lets a later session sweep the folder.
func removeButShim(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if e.Name() != ShimName && e.Name() != runName {
			err = errors.Join(err, os.Remove(filepath.Join(folder, e.Name())))
		}
	}
	return err
}
