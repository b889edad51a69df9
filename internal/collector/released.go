package collector

import (
	"slices"

	"github.com/gilwatch/gilwatch/internal/ehframe"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Where a thread gave the GIL up is an address in the function that called PyEval_SaveThread,
// and that is often a guard's constructor, which says nothing: who has the guard does. The
// constructor has returned when the thread violates, but its gate kept the words of its frame
// (struct gw_release), so it can be unwound now. What had called there and is still running
// stands in the violation's own stack, with all its callers.
//
// Nothing is guessed. A frame is taken for the same one as at the release only if its function
// and its place in the stack, to the byte, are the same, and what it returns to, if that was kept.
// A function that has returned without a word kept of who called it stays without caller: what
// stands in the stack where that one stood may be another, whatever calls its code has.

// activation is a function that was running when the thread gave the GIL up.
type activation struct {
	pc      uint64 // where it goes on
	cfa     uint64 // its return address stands below; 0 not known
	returns uint64 // that return address; 0 if it was not kept
	body
}

// body is the function around a return address.
type body struct {
	module   symbols.Module
	function *ehframe.Function
}

func (b body) is(other body) bool {
	return b.function != nil && other.function != nil && b.module == other.module && b.function.Start == other.function.Start
}

// maxReleaseFrames is how many functions above a release are looked at.
const maxReleaseFrames = 16

// releaseStack is what a release and the violation's own stack tell together.
type releaseStack struct {
	*builder
	j *journal.Journal
	v *journal.Violation
}

// release is the functions that were running when the GIL was given up, innermost first, as
// far as they are known: the first one made the release.
type release []activation

// at is the return address of the release; 0 is none.
func (r release) at() uint64 {
	if len(r) == 0 {
		return 0
	}
	return r[0].pc
}

// releaseOf is the release that explains a violation. Of a PyGILState_Release inside of an
// outer release, such as a callback's, it is the inner one as long as the function that called
// it runs: afterwards all is as the outer one left it.
func (b *builder) releaseOf(j *journal.Journal, v *journal.Violation) release {
	s := releaseStack{b, j, v}
	for i := range v.Releases {
		r := s.unwind(&v.Releases[i])
		if i == len(v.Releases)-1 || s.inside(r[0]) {
			return r
		}
	}
	return release{{pc: v.Released}}
}

// inside tells whether the violation happens in a function that was running at the release,
// or below it. A function that was inlined there has returned when its caller is past it.
func (s releaseStack) inside(a activation) bool {
	above := s.running(a)
	if above < 0 {
		return false
	}
	innermost := s.frames(s.j, s.v, a.pc)[0].Name()
	now := s.frames(s.j, s.v, s.v.Frames[above-1])
	return slices.ContainsFunc(now, func(f report.Frame) bool { return f.Name() == innermost })
}

// releasedFrames names the function that gave the GIL up, and those that had called it, up to
// the innermost one of the extension's own code that is still running.
func (b *builder) releasedFrames(j *journal.Journal, v *journal.Violation, r release) []report.Frame {
	s := releaseStack{b, j, v}
	var out []report.Frame
	for _, call := range r {
		returned := len(out)
		out = append(out, b.frames(j, v, call.pc)...)
		if above := s.running(call); above >= 0 {
			return s.outwards(out, returned, above)
		}
	}
	return out
}

// unwind returns the functions that were running at a release, innermost first, as far as
// their return addresses were kept; at least the one that made it.
func (s releaseStack) unwind(r *journal.ReleaseSite) (calls release) {
	at, ok := ehframe.Caller{PC: r.Words[0], SP: r.SP + 8, BP: r.RBP}, true
	for ok && len(calls) < maxReleaseFrames {
		a := activation{pc: at.PC, body: s.bodyAt(at.PC)}
		if ok = a.function != nil; ok {
			var caller ehframe.Caller
			caller, ok = a.function.Caller(at.PC-1-a.module.Bias, at.SP, at.BP, r.Word)
			if caller.SP > at.SP {
				a.cfa, a.returns = caller.SP, caller.PC
			}
			ok = ok && a.returns != 0
			at = caller
		}
		calls = append(calls, a)
	}
	return calls
}

// bodyAt is the function that a call returned to; its function is nil if it is not known.
func (s releaseStack) bodyAt(pc uint64) body {
	m := s.j.ModuleAt(pc-1, s.v.Offset)
	if m == nil {
		return body{}
	}
	of := module(m, s.roots[s.j])
	function, ok := s.resolver.Unwinding(of, pc-1)
	if !ok {
		return body{}
	}
	return body{of, function}
}

// running is the index, in the violation's stack, of the caller of a function that was running
// at the release and still is; -1 if it is not, or was called again by another call.
func (s releaseStack) running(a activation) int {
	above := slices.Index(s.v.Places, a.cfa-8)
	if a.cfa == 0 || above < 1 || a.returns != 0 && a.returns != s.v.Frames[above] {
		return -1
	}
	if !s.bodyAt(s.v.Frames[above-1]).is(a.body) {
		return -1
	}
	return above
}

// outwards appends the violation's stack from an index on to the frames of a release, of which
// the first ones have returned, up to the innermost function of the extension's own code that
// runs. If there is none below the interpreter's, what is there says no more.
func (s releaseStack) outwards(frames []report.Frame, returned, above int) []report.Frame {
	whole := slices.Clone(frames)
	for _, pc := range s.v.Frames[above:min(len(s.v.Frames), above+maxReleaseFrames)] {
		if report.OwnFrame(whole[returned:]) >= 0 {
			return whole
		}
		named := s.frames(s.j, s.v, pc)
		if slices.ContainsFunc(named, func(f report.Frame) bool { return report.OriginOf(f) == report.Interpreter }) {
			break
		}
		whole = append(whole, named...)
	}
	if report.OwnFrame(whole[returned:]) >= 0 {
		return whole
	}
	return frames
}
