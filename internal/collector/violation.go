package collector

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/filetree"
	"github.com/gilwatch/gilwatch/internal/hint"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

func (b *builder) violation(j *journal.Journal, v *journal.Violation, fatal uint64) report.Violation {
	out := report.Violation{
		Kind: v.Kind, Severity: severity(j, v), Function: v.Function, Count: v.Count,
		FirstSeen: known(v.First), LastSeen: known(v.Last),
		PID: int(v.Pid), TID: int(v.Tid), ThreadName: text(v.Thread), Processes: []int{int(v.Pid)},
		TailCall: b.tailCall(j, v), Fatal: v.Offset == fatal && v.Pid == j.Pid, Sensor: sensor(j),
	}
	if j.Python != "" {
		out.Pythons = []string{j.Python}
	}
	if v.Alloc {
		out.Sensor = report.SensorAlloc
	}
	out.NativeStack = b.stack(j, v, v.Frames)
	if r := b.releaseOf(j, v); r.at() != 0 {
		out.ReleasedBy = b.releasedBy(j, v, r.at())
		out.ReleasedAt = b.releasedFrames(j, v, r)
	}
	out.ThreadStartedAt = b.stack(j, v, v.Started)
	out.Acted = acted(v)
	now := b.moments.get(j, v)
	out.PythonStack, out.PythonTruncated = pythonFrames(now.python.Frames), now.python.Truncated && len(now.python.Frames) > 0
	out.GILHolder = now.holder
	out.ID = report.ID(out.Kind, out.Function, out.NativeStack)
	if b.explained[report.BugKey(&out)] {
		return out // folding keeps what is said of the first
	}
	out.Source = b.sourceOf(&out, b.roots[j])
	out.Hint = text(hint.For(&out, j.Python))
	return out
}

var actionNames = map[journal.Action]string{
	journal.Acquire: report.ActionAcquire, journal.Stop: report.ActionStop, journal.Abort: report.ActionAbort,
}

// acted is what was done at the violation; nil is nothing.
func acted(v *journal.Violation) *report.Acted {
	name, known := actionNames[v.Action]
	if !known || v.Acted+v.Declined == 0 {
		return nil
	}
	return &report.Acted{Action: name, Count: v.Acted, Declined: v.Declined, Reason: text(v.Why)}
}

// contextLines is how many lines of source are shown on each side of the marked one.
const contextLines = 2

// sourceOf is the source around the innermost frame of the extension's own code. root is what
// stands before the paths of its process.
func (b *builder) sourceOf(v *report.Violation, root string) []report.SourceLine {
	n := report.OwnFrame(v.NativeStack)
	if n < 0 || v.TailCall {
		return nil
	}
	f := v.NativeStack[n]
	if f.File == nil || f.Line == nil || f.Module == nil {
		return nil
	}
	var built time.Time
	if info, err := filetree.Stat(root, *f.Module); err == nil {
		built = info.ModTime()
	}
	return b.source.Lines(root, *f.File, *f.Line, contextLines, built)
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
func (b *builder) releasedBy(j *journal.Journal, v *journal.Violation, at uint64) *string {
	m := j.ModuleAt(at, v.Offset)
	if m == nil {
		return nil
	}
	function := b.resolver.Called(module(m, b.roots[j]), at)
	if function == "" || !rule(j, function).Releases() {
		return nil
	}
	return &function
}

func module(m *journal.Module, root string) symbols.Module {
	return symbols.Module{
		Path: root + m.Path, File: m.File, Root: root, BuildID: m.BuildID, Loaded: symbols.FileID(m.Loaded), Bias: m.Bias,
	}
}

func sensor(j *journal.Journal) string {
	if j.Backend == report.BackendUprobe {
		return report.SensorUprobe
	}
	return report.SensorCalls
}

// tailCall tells whether the innermost frame is not the caller but the caller's. No
// slot of the interpreter's own has a gate, so a call that returns there and is not
// known to be anything else was a tail call of an extension's function.
func (b *builder) tailCall(j *journal.Journal, v *journal.Violation) bool {
	if v.TailCall != nil {
		return *v.TailCall
	}
	if len(v.Frames) == 0 || v.Macro {
		return false
	}
	m := j.ModuleAt(v.Frames[0], v.Offset)
	if m == nil {
		return false
	}
	tail, certain := b.resolver.TailCall(module(m, b.roots[j]), symbols.Call{
		Return: v.Frames[0], Function: v.Function, Gate: v.Gate, Regs: v.Regs,
		ModuleAt: func(address uint64) (symbols.Module, bool) {
			m := j.ModuleAt(address, v.Offset)
			if m == nil {
				return symbols.Module{}, false
			}
			return module(m, b.roots[j]), true
		},
	})
	if !certain { // of an allocation the shim has found the innermost extension's frame
		return m.Interpreter && !v.Alloc
	}
	return tail
}

// fatalEntry is the offset of the violation in whose call the process died, by a signal of
// its own making; 0 is none.
func fatalEntry(j *journal.Journal, p report.Process) uint64 {
	if p.Signal == nil {
		return 0
	}
	switch unix.Signal(*p.Signal) {
	case unix.SIGSEGV, unix.SIGBUS, unix.SIGABRT, unix.SIGILL, unix.SIGFPE, unix.SIGTRAP, unix.SIGSYS:
		return j.FatalEntry()
	default:
		return 0
	}
}
