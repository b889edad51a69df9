package probe

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/process"
	"github.com/gilwatch/gilwatch/internal/probe/program"
)

// handle takes one record.
func (s *Session) handle(raw []byte) {
	head := program.As[program.Record](raw)
	if head == nil {
		return
	}
	if head.Type == program.RecordFork {
		if r := program.As[program.Fork](raw); r != nil {
			s.forked(r)
		}
		return
	}
	t := s.targets[head.Process]
	if t == nil {
		s.release(head)
		return
	}
	switch head.Type {
	case program.RecordViolation:
		if r := program.As[program.Violation](raw); r != nil {
			s.violated(t, r)
		}
	case program.RecordLoad:
		s.loadedIn(t)
	case program.RecordExec:
		s.executed(t)
	case program.RecordExecByThread:
		s.dropLinks(t)
		s.executed(t)
	case program.RecordExit:
		if r := program.As[program.Exit](raw); r != nil {
			s.exited(t, r)
		}
	case program.RecordBirth:
		if r := program.As[program.Birth](raw); r != nil {
			t.born(r)
		}
	}
}

// release lets a process go on that was stopped and is none of the targets: the record of its
// fork found no room, or it could not be attached to after all.
func (s *Session) release(head *program.Record) {
	switch head.Type {
	case program.RecordLoad, program.RecordExec, program.RecordExecByThread:
		if s.options.StopOnLoad && head.Pid != 0 {
			s.resume(int(head.Pid), func() { _ = unix.Kill(int(head.Pid), unix.SIGCONT) })
		}
	}
}

// loadedIn attaches to what a process has just loaded. If it was stopped for that, it goes
// on, whatever came of it.
func (s *Session) loadedIn(t *target) {
	if !s.stopping() {
		if err := t.why(s.look(t)); err != nil && !errors.Is(err, ErrDied) && !errors.Is(err, ErrNoProcess) && !(t.interp == nil && errors.Is(err, process.ErrNotPython)) {
			t.gap("modules were loaded that are not watched: %v", err)
		}
	}
	if s.options.StopOnLoad {
		s.resume(t.pid, t.goOn)
	}
}

// goOn continues the process.
func (t *target) goOn() {
	_ = unix.PidfdSendSignal(t.pidfd, unix.SIGCONT, nil, 0) // it may be gone
}

// forked begins the record of a child, which has what its parent had.
func (s *Session) forked(r *program.Fork) {
	t, err := newTarget(int(r.Head.Pid), r.Head.Process)
	t.journal.Ppid = int32(r.ParentPid)
	t.journal.Started = s.clock.at(r.Head.Time)
	s.targets[t.id] = t
	s.all = append(s.all, t)
	s.guard.add(t.pid)
	parent := s.targets[r.Parent]
	if parent == nil || parent.own {
		return
	}
	if err != nil { // it has ended already: what it did is known all the same
		t.memory = parent.memory
		t.journal.Exe, t.journal.Argv = parent.journal.Exe, parent.journal.Argv
	}
	t.inherit(parent)
}

func (t *target) inherit(parent *target) {
	t.interp, t.group, t.head, t.loaded = parent.interp, parent.group, parent.head, parent.loaded
	t.root = parent.root
	j, of := t.journal, parent.journal
	j.State, j.Reason, j.Python, j.Build, j.FreeThreaded = of.State, of.Reason, of.Python, of.Build, of.FreeThreaded
	j.Oracle, j.InterpreterBias, j.Runtime = of.Oracle, of.InterpreterBias, of.Runtime
	j.ModulesWatched, j.FunctionsWatched, j.Slots = of.ModulesWatched, of.FunctionsWatched, of.Slots
	for start, o := range parent.objects {
		module := of.Modules[o.module]
		j.Modules, t.files = append(j.Modules, module), append(t.files, o.file)
		t.objects[start] = &object{o.Object, o.file, len(j.Modules) - 1}
	}
}

// executed ends the record of a program whose process executes another, and begins that
// one's. Its libraries come with the loader's first note, whose hook is put here.
func (s *Session) executed(t *target) {
	defer t.close()
	if s.options.StopOnLoad {
		defer func() { s.resume(t.pid, t.goOn) }()
	}
	t.over = true
	next, err := newTarget(t.pid, t.id)
	next.asked, next.journal.Ppid, next.process = t.asked, t.journal.Ppid, t.processNumber()
	next.journal.Serial = t.journal.Serial + 1<<24
	s.targets[t.id] = next
	s.all = append(s.all, next)
	t.end = nil
	if err != nil {
		return
	}
	if err := s.look(next); err != nil && !errors.Is(err, process.ErrNotPython) {
		s.options.Log.Debug().Err(err).Int("pid", t.pid).Msg("a program that was executed")
	}
}

// exited notes how a process ended, and in which call. Threads that end at the same time may
// both be told to be the last one.
func (s *Session) exited(t *target, r *program.Exit) {
	if t.over {
		return
	}
	t.over = true
	t.close()
	status := unix.WaitStatus(r.Status)
	end := collector.End{Ended: s.clock.at(r.Head.Time)}
	if status.Signaled() {
		end.Signal = new(int(status.Signal()))
	} else {
		end.ExitCode = new(status.ExitStatus())
	}
	t.end, t.journal.Ended = &end, time.Time{}
	t.unjudged = r.Unjudged
	if n, known := t.found[r.Open]; known && r.OpenTid != 0 {
		t.journal.Marks = []journal.Mark{{Tid: int32(r.OpenTid), Open: true, Entry: t.journal.Violations[n].Offset, Sequence: 1}}
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
	if t.asked {
		if s.running--; s.running == 0 {
			close(s.ended)
		}
	}
}
