package probe

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/gilwatch/gilwatch/internal/probe/site"
)

// attach puts breakpoints on the call sites of objects. One link is made after the other:
// the kernel registers uprobes under one lock (register_for_each_vma in
// kernel/events/uprobes.c), for which several would only queue.
func (s *Session) attach(t *target, fresh []*object) error {
	fresh = slices.DeleteFunc(fresh, func(o *object) bool {
		return o.file.Identity == t.interp.Identity && t.interp.Embedded == nil
	})
	slices.SortFunc(fresh, func(a, b *object) int { return cmp.Compare(a.Start, b.Start) })
	answers := s.scanAll(t, fresh)
	defer s.scanners.Wait()
	watched := 0
	var errs []error
	for i, o := range fresh {
		answer := <-answers[i]
		if answer.reason != "" {
			t.gap("%s is not watched: %s", o.Path, answer.reason)
			continue
		}
		sc, err := s.sites.adopt(s.program, answer.scan)
		if err == nil {
			t.cover(o, sc)
			err = sc.put(s.program, s.filter(t))
		}
		if err == nil {
			watched++
			continue
		}
		if died := t.alive(); died != nil {
			return died
		}
		t.gap("%s is not watched: %v", o.Path, err)
		errs = append(errs, err)
	}
	if len(errs) > 0 && watched == 0 {
		return notPossible(fmt.Errorf("process %d: attach to its modules: %w", t.pid, errors.Join(errs...)))
	}
	return nil
}

// cover notes that an object is watched, and what of it is not.
func (t *target) cover(o *object, sc *scan) {
	if !sc.chosen {
		return
	}
	j := t.journal
	if len(sc.Sites) > 0 {
		j.Modules[o.module].Slots = len(sc.Sites)
		j.ModulesWatched++
		j.Slots += len(sc.Sites)
	}
	t.gapsOf(o.Path, sc.Gaps)
}

// gapsOf names what of a module is not covered.
func (t *target) gapsOf(path string, g site.Gaps) {
	name := filepath.Base(path)
	if g.Undescribed {
		t.gap("%s: no call is watched: .eh_frame does not describe its code", name)
	}
	if g.Undecoded > 0 {
		t.gap("%s: %d functions are not watched: they have instructions that are not known", name, g.Undecoded)
	}
	if g.Conditional > 0 {
		t.gap("%s: %d conditional jumps to the C API are not watched", name, g.Conditional)
	}
	t.addresses += g.Addresses
}
