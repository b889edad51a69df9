package collector

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/hint"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

func (b *builder) violation(j *journal.Journal, v *journal.Violation, p report.Process, last bool) report.Violation {
	out := report.Violation{
		Kind: v.Kind, Severity: severity(j, v), Function: v.Function, Count: v.Count,
		FirstSeen: known(v.First), LastSeen: known(v.Last),
		PID: int(v.Pid), TID: int(v.Tid), ThreadName: text(v.Thread), Processes: []int{int(v.Pid)},
		TailCall: b.tailCall(j, v), Fatal: last && fatal(j, v, p), Sensor: report.SensorCalls,
	}
	if j.Python != "" {
		out.Pythons = []string{j.Python}
	}
	if v.Alloc {
		out.Sensor = report.SensorAlloc
	}
	for _, pc := range v.Frames {
		out.NativeStack = append(out.NativeStack, b.frames(j, v, pc)...)
	}
	if v.Released != 0 {
		out.ReleasedAt, out.ReleasedBy = b.frames(j, v, v.Released), b.releasedBy(j, v)
	}
	for _, pc := range v.Started {
		out.ThreadStartedAt = append(out.ThreadStartedAt, b.frames(j, v, pc)...)
	}
	now := b.moments.get(j, v)
	out.PythonStack, out.GILHolder = now.python, now.holder
	out.ID = report.ID(out.Kind, out.Function, out.NativeStack)
	out.Source = b.sourceOf(&out)
	out.Hint = text(hint.For(&out, j.Python))
	return out
}

// contextLines is how many lines of source are shown on each side of the marked one.
const contextLines = 2

// sourceOf is the source around the innermost frame of the extension's own code.
func (b *builder) sourceOf(v *report.Violation) []report.SourceLine {
	n := report.OwnFrame(v.NativeStack)
	if n < 0 || v.TailCall {
		return nil
	}
	f := v.NativeStack[n]
	if f.File == nil || f.Line == nil || f.Module == nil {
		return nil
	}
	var built time.Time
	if info, err := os.Stat(*f.Module); err == nil {
		built = info.ModTime()
	}
	return b.source.Lines(*f.File, *f.Line, contextLines, built)
}

func severity(j *journal.Journal, v *journal.Violation) string {
	return string(capi.SeverityOf(rule(j, v.Function), v.Kind))
}

// rule is the function's in the journal's interpreter.
func rule(j *journal.Journal, function string) capi.Rule {
	version, err := capi.ParseVersion(j.Python)
	if err != nil { // a version from the future: the newest rules hold
		version = capi.Version{Major: 3, Minor: capi.LastMinor}
	}
	version.FreeThreaded = j.FreeThreaded
	return capi.Lookup(function, version)
}

// releasedBy is the function that gave the GIL up, read from the call instruction; nil when
// it does not tell, or goes to something that jumped on there.
func (b *builder) releasedBy(j *journal.Journal, v *journal.Violation) *string {
	m := j.ModuleAt(v.Released, v.Offset)
	if m == nil {
		return nil
	}
	function := b.resolver.Called(module(m, b.roots[j]), v.Released)
	if function == "" || !rule(j, function).Releases() {
		return nil
	}
	return &function
}

// frames names one return address; calls that were inlined there are frames of their
// own.
func (b *builder) frames(j *journal.Journal, v *journal.Violation, pc uint64) []report.Frame {
	m := j.ModuleAt(pc, v.Offset)
	if m == nil { // a JIT's code, or a module that came and went unseen
		return []report.Frame{{}}
	}
	var out []report.Frame
	for _, f := range b.resolver.Resolve(module(m, b.roots[j]), pc, true) {
		frame := report.Frame{
			Function: text(f.Function), File: text(f.File), Module: text(m.Path), Offset: new(pc - m.Bias),
			BuildID: text(m.BuildID), Inlined: f.Inlined, Nearest: f.Function != "" && !f.Exact, Interpreter: m.Interpreter,
		}
		if f.Line > 0 {
			frame.Line = new(f.Line)
		}
		if f.Column > 0 {
			frame.Column = new(f.Column)
		}
		out = append(out, frame)
	}
	return out
}

func module(m *journal.Module, root string) symbols.Module {
	return symbols.Module{Path: root + m.Path, BuildID: m.BuildID, Bias: m.Bias}
}

// tailCall tells whether the innermost frame is not the caller but the caller's. No
// slot of the interpreter's own has a gate, so a call that returns there and is not
// known to be anything else was a tail call of an extension's function.
func (b *builder) tailCall(j *journal.Journal, v *journal.Violation) bool {
	if len(v.Frames) == 0 {
		return false
	}
	m := j.ModuleAt(v.Frames[0], v.Offset)
	if m == nil {
		return false
	}
	tail, certain := b.resolver.TailCall(module(m, b.roots[j]), symbols.Call{Return: v.Frames[0], Function: v.Function, Gate: v.Gate, Regs: v.Regs})
	if !certain { // of an allocation the shim has found the innermost extension's frame
		return m.Interpreter && !v.Alloc
	}
	return tail
}

// fatal: the process died by a signal of its own making, and the last violating call of
// all its threads is this one and was not seen to return.
func fatal(j *journal.Journal, v *journal.Violation, p report.Process) bool {
	if p.Signal == nil || int32(p.PID) != v.Pid {
		return false
	}
	switch unix.Signal(*p.Signal) {
	case unix.SIGSEGV, unix.SIGBUS, unix.SIGABRT, unix.SIGILL, unix.SIGFPE, unix.SIGTRAP, unix.SIGSYS:
	default:
		return false
	}
	mark := j.LastMark()
	return mark != nil && mark.Open && mark.Entry == v.Offset
}
