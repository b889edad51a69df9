package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
)

// runName is the file that says what the session was made for. A folder without one, as
// `gilwatch env` makes it, belongs to the user.
const runName = "run"

// maxRun is more than the largest command line takes, in bytes (MAX_ARG_STRINGS aside, a
// command line is at most 6 MiB, fs/exec.c).
const maxRun = 64 << 20

// Run is what the session's maker knows of the command. It lies in the folder, so that a
// report can be made after its maker was killed.
type Run struct {
	Command   []string  `json:"command"`
	Exe       string    `json:"exe"`
	Cwd       string    `json:"cwd"`
	Started   time.Time `json:"started"`
	Pid       int       `json:"pid"` // 0: not started yet
	Unwatched string    `json:"unwatched"`
	Sensors   []string  `json:"sensors"`
	Version   string    `json:"version"` // of gilwatch
}

// ErrNoRun says that a folder holds no session of a `gilwatch run`.
var ErrNoRun = errors.New("no session of gilwatch run")

// WriteRun lays the facts into the folder, over what it says there.
func (s *Session) WriteRun(run Run) error {
	data, err := json.Marshal(run)
	if err != nil {
		return fmt.Errorf("writing what the session is for: %w", err)
	}
	path := filepath.Join(s.Folder, runName)
	if err := writeFile(path+".new", data, 0o600); err != nil {
		return fmt.Errorf("writing what the session is for: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("writing what the session is for: %w", err)
	}
	return nil
}

// ReadRun reads the facts. The error wraps ErrNoRun where there are none.
func (s *Session) ReadRun() (Run, error) {
	run, err := readRun(filepath.Join(s.Folder, runName))
	if errors.Is(err, os.ErrNotExist) {
		err = ErrNoRun
	}
	if err != nil {
		return Run{}, fmt.Errorf("reading the session folder %s: %w", s.Folder, err)
	}
	return run, nil
}

func readRun(path string) (Run, error) {
	f, err := journal.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return Run{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRun))
	if err != nil {
		return Run{}, err
	}
	var run Run
	if err := json.Unmarshal(data, &run); err != nil {
		return Run{}, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}
