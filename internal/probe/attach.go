package probe

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/probe/process"
)

// Attach begins to watch a process that runs.
func (s *Session) Attach(pid int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.targets {
		if t.pid == pid {
			return nil
		}
	}
	id := s.next
	t, err := newTarget(pid, id)
	if err != nil {
		t.close()
		return err
	}
	s.next++
	t.asked = true
	if err := s.begin(t); err != nil {
		delete(s.targets, id)
		t.close()
		return err
	}
	s.running++
	return nil
}

func (s *Session) begin(t *target) error {
	s.targets[t.id] = t
	// Before anything is looked at: what is loaded from here on is told of.
	if err := s.tell(t); err != nil {
		return err
	}
	// Twice: what was mapped after the first look and before the loader's hook was in place.
	for range 2 {
		if err := s.look(t); err != nil {
			return t.why(err)
		}
	}
	if t.interp == nil && t.refused != nil {
		return pidError(t.pid, t.refused)
	}
	if t.interp == nil && !s.options.Children {
		return fmt.Errorf("process %d (%s): %w", t.pid, t.journal.Exe, process.ErrNotPython)
	}
	s.all = append(s.all, t)
	return t.alive()
}

// why is the error of a process that may have ended: one that is ending has no memory any
// more, and is not yet a zombie.
func (t *target) why(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("process %d: %w", t.pid, ErrDied)
	}
	if died := t.alive(); died != nil {
		return died
	}
	return err
}

// Follow watches what this process, gilwatch, starts from now on.
func (s *Session) Follow(loader string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := newTarget(os.Getpid(), s.next)
	if err != nil {
		t.close()
		return err
	}
	s.next++
	t.own = true
	s.targets[t.id], s.all = t, append(s.all, t)
	if err := s.tell(t); err != nil {
		return err
	}
	return s.hookFile(loader)
}

// hookFile hooks a dynamic loader before a process has it mapped.
func (s *Session) hookFile(path string) error {
	if path == "" {
		return nil
	}
	m, err := process.Unmapped(path)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return err
	}
	f := s.files.adopt(m)
	if symbol, ok := f.dynamic[loaderHook]; ok {
		return s.hook(f, symbol.Value, 0)
	}
	return nil
}
