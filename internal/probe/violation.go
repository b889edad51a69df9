package probe

import (
	"encoding/binary"
	"errors"
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/ehframe"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/program"
	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/internal/report"
)

// kinds are the report's words for enum kind of the programs.
var kinds = [...]string{"", report.KindGILNotHeld, report.KindBeforeInit, report.KindAfterFinalize, report.KindNotAttachedHere}

// maxFrames is how many frames of a stack are kept, as by the shim.
const maxFrames = 128

// maxBirths bounds the threads whose creators' stacks are kept.
const maxBirths = 1024

// violated takes the first call of a variant.
func (s *Session) violated(t *target, r *program.Violation) {
	sc, n := s.sites.at(r.Variant.Site)
	if sc == nil || int(r.Kind) >= len(kinds) {
		t.journal.Lost++
		return
	}
	at := sc.Sites[n]
	s.sequence++
	v := journal.Violation{
		Offset: s.sequence, Kind: kinds[r.Kind], Function: at.Function, First: s.clock.at(r.Head.Time),
		Released: r.Released[0].Word[0], Releases: releases(r), Current: r.Current, State: r.State, Self: r.Self,
		Pid: int32(r.Head.Pid), Tid: int32(r.Head.Tid), Thread: text(r.Name[:]), TailCall: new(at.Jump),
	}
	registers := ehframe.Frame{Registers: r.Registers.Dwarf}
	stack := slice{r.StackAt, r.Stack[:int(min(r.Pages, uint32(len(r.Stack))/4096))*4096]}
	if !at.Jump {
		v.Frames = append(v.Frames, r.Registers.Dwarf[ehframe.PC]+uint64(at.Len))
		v.Places = append(v.Places, r.Registers.Dwarf[ehframe.SP]-8) // where the call will put it
	}
	frames, places := t.unwind(registers, stack, maxFrames-len(v.Frames))
	v.Frames, v.Places = append(v.Frames, frames...), append(v.Places, places...)
	if t.endingInterpreter(r, v.Frames) {
		return
	}
	if b := t.births[r.Head.Tid]; b != nil {
		v.Started = t.creator(b)
	}
	t.found[r.Variant] = len(t.journal.Violations)
	t.journal.Violations = append(t.journal.Violations, v)
	if stack := t.pythonStack(r); len(stack.Frames) > 0 {
		t.python[v.Offset] = stack
	}
}

// endingInterpreter: up to 3.11 the interpreter ends another one with whatever thread state
// that has, and holds the GIL meanwhile; see ending_interpreter in shim/record.c.
func (t *target) endingInterpreter(r *program.Violation, frames []uint64) bool {
	if t.interp == nil || t.interp.Version.Minor > 11 || r.Own == program.OwnGivenUp {
		return false
	}
	for _, pc := range frames {
		if pc > t.interp.EndInterpreter[0] && pc <= t.interp.EndInterpreter[1] {
			return true
		}
	}
	return false
}

// releases are what may explain a violation, newest first.
func releases(r *program.Violation) (all []journal.ReleaseSite) {
	for _, of := range r.Released {
		if of.Word[0] != 0 {
			all = append(all, journal.ReleaseSite{SP: of.Sp, RBP: of.Rbp, Words: of.Word})
		}
	}
	return all
}

// unwind returns the return addresses above a frame, innermost first, and where they stand.
func (t *target) unwind(f ehframe.Frame, stack ehframe.Memory, limit int) (frames, places []uint64) {
	lookup := func(pc uint64) (*ehframe.Function, uint64, bool) {
		o := t.objectAt(pc)
		if o == nil || o.file.unwind() == nil {
			return nil, 0, false
		}
		function, ok := o.file.unwind().Find(pc - o.Bias)
		return function, o.Bias, ok
	}
	// An error is the end of what is known.
	_ = ehframe.Unwind(f, lookup, stack, func(caller ehframe.Frame) bool {
		frames = append(frames, caller.Registers[ehframe.PC])
		places = append(places, caller.Registers[ehframe.SP]-8)
		return len(frames) < limit
	})
	return frames, places
}

func (t *target) objectAt(pc uint64) *object {
	for _, o := range t.objects {
		if pc >= o.Start && pc < o.End {
			return o
		}
	}
	return nil
}

// born keeps what is needed to say where a thread was created.
func (t *target) born(b *program.Birth) {
	if len(t.births) >= maxBirths {
		clear(t.births)
	}
	t.births[b.Head.Tid] = b
}

// creator is the stack of the call that created a thread, from the caller of the C library
// on; nil for threads that the interpreter creates, whose callers say nothing.
func (t *target) creator(b *program.Birth) []uint64 {
	const limit = 32
	stack := slice{b.StackAt, b.Stack[:]}
	// The system call is described by no entry, since the child has another stack (glibc's
	// sysdeps/unix/sysv/linux/x86_64/clone3.S); nothing was pushed before it.
	caller := ehframe.Frame{Registers: b.Registers.Dwarf, Returned: true}
	var err error
	if caller.Registers[ehframe.PC], err = stack.Word(caller.Registers[ehframe.SP]); err != nil {
		return nil
	}
	caller.Registers[ehframe.SP] += 8
	frames, _ := t.unwind(caller, stack, limit)
	for i, pc := range frames {
		o := t.objectAt(pc - 1)
		if o == nil {
			return nil
		}
		if name := filepath.Base(o.Path); strings.HasPrefix(name, "libc.") || strings.HasPrefix(name, "libpthread") || strings.HasPrefix(name, "libc-") {
			continue
		}
		if t.interp != nil && o.Identity == t.interp.Identity {
			return nil
		}
		return frames[i:]
	}
	return nil
}

// slice is a piece of memory.
type slice struct {
	at    uint64
	bytes []byte
}

var errNotCopied = errors.New("not in the copy")

// Word implements ehframe.Memory.
func (s slice) Word(address uint64) (uint64, error) {
	offset := address - s.at
	if n := uint64(len(s.bytes)); n < 8 || offset > n-8 {
		return 0, errNotCopied
	}
	return binary.LittleEndian.Uint64(s.bytes[offset:]), nil
}

// snapshot is the memory that was copied at the violation, over that of the process, which
// goes on or is gone.
type snapshot struct {
	pieces []slice
	live   pystack.Memory
}

// ReadAt implements pystack.Memory.
func (s snapshot) ReadAt(p []byte, address uint64) error {
	for _, piece := range s.pieces {
		if offset := address - piece.at; piece.at != 0 && offset < uint64(len(piece.bytes)) && uint64(len(p)) <= uint64(len(piece.bytes))-offset {
			copy(p, piece.bytes[offset:])
			return nil
		}
	}
	return s.live.ReadAt(p, address)
}

// maxPythonFrames is how many frames of a Python stack are kept.
const maxPythonFrames = 100

// pythonStack reads the Python frames that the thread had at the violation.
func (t *target) pythonStack(r *program.Violation) collector.PythonStack {
	if r.State == 0 || t.interp == nil {
		return collector.PythonStack{}
	}
	m := snapshot{live: t.memory}
	add := func(at uint64, bytes []byte) { m.pieces = append(m.pieces, slice{at, bytes}) }
	word := func(at, value uint64) { add(at, binary.LittleEndian.AppendUint64(nil, value)) }
	if t.head != nil {
		add(t.interp.Runtime, t.head)
	}
	word(r.FrameAt, r.Frame)
	word(r.CframeAt, r.Cframe)
	for i := range r.Frames {
		add(r.Frames[i].At, first(r.Frames[i].Bytes[:], uint32(r.Frames[i].Len)))
	}
	for i := range r.Codes {
		c := &r.Codes[i]
		add(c.At, first(c.Code[:], c.CodeLen))
		add(c.NameAt, first(c.Name[:], c.NameLen))
		add(c.FileAt, first(c.File[:], c.FileLen))
		add(c.LinesAt, first(c.Lines[:], c.LinesLen))
	}
	frames, truncated, err := pystack.Stack(m, pystack.Interpreter{Version: t.interp.Version, Runtime: t.interp.Runtime}, r.State, maxPythonFrames)
	return collector.PythonStack{Frames: frames, Truncated: truncated || err != nil}
}

// first is the first n bytes of a piece, as far as there are so many.
func first(piece []byte, n uint32) []byte { return piece[:min(int(n), len(piece))] }

// text is a C string.
func text(chars []int8) string {
	var b []byte
	for _, c := range chars {
		if c == 0 {
			break
		}
		b = append(b, byte(c))
	}
	return string(b)
}
