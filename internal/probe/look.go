package probe

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/process"
)

// look brings what is known of a target up to what it has mapped now, and attaches to what
// is new.
func (s *Session) look(t *target) error {
	mappings, err := process.Maps(t.pid)
	if err != nil {
		return pidError(t.pid, err)
	}
	if len(mappings) == 0 { // a zombie, or a kernel thread
		if err := t.alive(); err != nil {
			return err
		}
		return fmt.Errorf("process %d: %w", t.pid, process.ErrNotPython)
	}
	if t.root == "" {
		t.root = s.trees.Of(t.pid)
	}
	mapped := process.Objects(mappings)
	fresh := s.mapped(t, mapped)
	if t.interp == nil {
		if err := s.findInterpreter(t); err != nil {
			return err
		}
	}
	s.hookLoader(t)
	if t.interp == nil {
		return nil
	}
	if !t.loaded {
		t.loaded = true
		fresh = slices.Collect(maps.Values(t.objects))
	}
	return s.attach(t, fresh)
}

// mapped notes which objects came and went; it returns those that came.
func (s *Session) mapped(t *target, mapped []process.Mapped) (fresh []*object) {
	s.sequence++
	now := map[uint64]bool{}
	for i := range mapped {
		m := &mapped[i]
		now[m.Start] = true
		known := t.objects[m.Start]
		if known != nil && known.Identity == m.Identity {
			continue
		}
		if known != nil {
			t.unmapped(m.Start, s.sequence)
		}
		o, f, err := s.files.open(m, t.pid)
		if err != nil {
			if errors.Is(err, os.ErrPermission) {
				t.refused = err
			}
			if isModule(m.Path) {
				t.gap("%s is not watched: %v", m.Path, err)
			}
			continue
		}
		t.journal.Modules = append(t.journal.Modules, journal.Module{
			Offset: s.sequence, Path: o.Path, BuildID: o.BuildID, Bias: o.Bias, Start: o.Start, End: o.End,
		})
		t.files = append(t.files, f)
		t.objects[m.Start] = &object{o, f, len(t.journal.Modules) - 1}
		fresh = append(fresh, t.objects[m.Start])
	}
	for start := range t.objects {
		if !now[start] {
			t.unmapped(start, s.sequence)
		}
	}
	return fresh
}

// isModule: what is mapped executable and is no object is of no interest.
func isModule(path string) bool { return strings.Contains(filepath.Base(path), ".so") }

func (t *target) unmapped(start, sequence uint64) {
	t.journal.Modules[t.objects[start].module].Unloaded = sequence
	delete(t.objects, start)
}
