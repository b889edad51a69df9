package probe

import (
	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/program"
	"github.com/gilwatch/gilwatch/internal/report"
)

// Report makes the report of what was recorded, after Stop.
func (s *Session) Report(run collector.Run) *report.Report {
	s.Stop()
	s.count()
	var recordings []collector.Recording
	for _, t := range s.all {
		if t.own || t.over && t.end == nil && t.interp == nil { // between fork and exec
			continue
		}
		t.sayRest()
		for i, f := range t.files {
			t.journal.Modules[i].File = f.readable()
		}
		if !t.over {
			run.Running = append(run.Running, t.pid)
		}
		recordings = append(recordings, collector.Recording{
			Journal: t.journal, End: t.end, Process: int(t.processNumber()), Python: t.python, Root: t.root,
		})
	}
	r := collector.Report(run, recordings, s.options.Log)
	if calls, notes, err := s.program.Lost(); err == nil {
		r.Summary.Lost += calls
		if notes > 0 {
			s.options.Log.Warn().Uint64("notes", notes).Msg("processes or modules may be missing: the ring buffer was full")
		}
	}
	return r
}

// Sites is how many call sites are numbered, attached or not.
func (s *Session) Sites() int { return s.sites.count() }

// Calls is how many calls were looked at.
func (s *Session) Calls() (total uint64) {
	hits := make([]uint64, s.sites.count())
	if s.program.Hits(hits) != nil {
		return 0
	}
	for _, n := range hits {
		total += n
	}
	return total
}

// sayRest notes the gaps that add up while a process is watched.
func (t *target) sayRest() {
	if t.addresses > 0 {
		t.gap("calls through the %d addresses of functions that its modules load are not watched", t.addresses)
	}
	if t.unjudged > 0 {
		t.gap("%d calls were not judged: the thread's state could not be read", t.unjudged)
	}
}

// count takes the numbers of calls, and the calls whose stacks found no room.
func (s *Session) count() {
	byID := map[uint32][]*target{}
	for _, t := range s.all {
		byID[t.id] = append(byID[t.id], t)
	}
	var key program.Variant
	var o program.Occurrences
	for all := s.program.Variants.Iterate(); all.Next(&key, &o); {
		s.counted(byID[key.Process], key, &o)
	}
	for _, t := range s.all {
		s.dropUncounted(t)
		var p program.Process
		if !t.over && t.pidfd >= 0 && s.program.Processes.Lookup(int32(t.pidfd), &p) == nil {
			t.unjudged = p.Unjudged
		}
	}
}

// counted adds a variant's calls to its violation. A variant whose record found no room has
// none yet: the place of the call is known all the same.
func (s *Session) counted(programs []*target, key program.Variant, o *program.Occurrences) {
	for _, t := range programs {
		if n, known := t.found[key]; known {
			s.setCount(&t.journal.Violations[n], o)
			return
		}
	}
	sc, i := s.sites.at(key.Site)
	if o.Sent != 0 || len(programs) == 0 || sc == nil || int(o.Kind) >= len(kinds) {
		return // it was none: see endingInterpreter
	}
	t, at := programs[len(programs)-1], sc.Sites[i]
	s.sequence++
	v := journal.Violation{
		Offset: s.sequence, Kind: kinds[o.Kind], Function: at.Function, Pid: int32(o.Pid), Tid: int32(o.Tid), TailCall: new(at.Jump),
	}
	if !at.Jump {
		v.Frames = []uint64{o.Address + uint64(at.Len)}
	}
	s.setCount(&v, o)
	t.journal.Violations = append(t.journal.Violations, v)
}

func (s *Session) setCount(v *journal.Violation, o *program.Occurrences) {
	v.Count, v.Sequence = o.Count, o.Sequence
	v.First, v.Last = s.clock.at(o.First), s.clock.at(o.Last)
}

// dropUncounted leaves out what was taken back: none, as long as the map holds what was sent.
func (s *Session) dropUncounted(t *target) {
	for i := range t.journal.Violations {
		if v := &t.journal.Violations[i]; v.Count == 0 {
			v.Count, v.Last = 1, v.First
		}
	}
}

func (t *target) processNumber() uint32 {
	if t.process != 0 {
		return t.process
	}
	return t.id
}
