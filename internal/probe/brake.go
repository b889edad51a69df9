package probe

import (
	"path/filepath"
	"slices"
	"time"
)

// brakeInterval is how often the sites' counters are looked at.
const brakeInterval = 250 * time.Millisecond

// brake switches off the hottest sites while calls come faster than the limit.
func (s *Session) brake() {
	tick := time.NewTicker(brakeInterval)
	defer tick.Stop()
	before, then := make([]uint64, maxSites), time.Now()
	for {
		select {
		case <-s.closing:
			return
		case <-tick.C:
		}
		s.mu.Lock()
		now := make([]uint64, s.sites.count())
		if err := s.program.Hits(now); err == nil {
			elapsed := time.Since(then)
			then = time.Now()
			s.slow(rates(before, now, elapsed))
			copy(before, now)
		}
		s.mu.Unlock()
	}
}

// rate is how often a site is passed.
type rate struct {
	site      uint32
	perSecond float64
}

// rates are those of all sites that were passed, the hottest first.
func rates(before, now []uint64, elapsed time.Duration) (all []rate) {
	for i, n := range now {
		if n > before[i] {
			all = append(all, rate{uint32(i), float64(n-before[i]) / elapsed.Seconds()})
		}
	}
	slices.SortFunc(all, func(a, b rate) int {
		if a.perSecond > b.perSecond {
			return -1
		}
		return 1
	})
	return all
}

// tooHot returns how many of the hottest sites must go for the rest to stay below the limit.
func tooHot(all []rate, limit float64) int {
	total := 0.0
	for _, r := range all {
		total += r.perSecond
	}
	n := 0
	for ; total > limit && n < len(all); n++ {
		total -= all[n].perSecond
	}
	return n
}

func (s *Session) slow(all []rate) {
	hot := map[*scan]bool{}
	for _, r := range all[:tooHot(all, float64(s.options.Brake))] {
		if sc, i := s.sites.at(r.site); sc != nil && !sc.off[i] {
			sc.off[i], hot[sc] = true, true
			s.say(sc, i, r.perSecond)
		}
	}
	for sc := range hot {
		old, err := sc.relink(s.program)
		if err != nil {
			s.options.Log.Warn().Err(err).Msg("slowing down: " + sc.file.Path)
		}
		s.done.Go(func() { closeAll(old) })
	}
}

// say names a site that is switched off in the reports of the processes that have it.
func (s *Session) say(sc *scan, i int, perSecond float64) {
	at := sc.Sites[i]
	for _, t := range s.all {
		for _, o := range t.objects {
			if o.file == sc.file && !t.over {
				t.gap("%s+%#x: its calls of %s are not watched any more: %.0f a second", filepath.Base(sc.file.Path), at.Addr, at.Function, perSecond)
			}
		}
	}
}
