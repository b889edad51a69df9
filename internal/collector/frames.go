package collector

import (
	"cmp"
	"strings"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/refcount"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// maxNamed is how many return addresses stay named. The stacks of a flood are made of few.
const maxNamed = 1 << 16

// address is a return address in a file, wherever a process has it mapped.
type address struct {
	in     symbols.Module // without a bias
	offset uint64
}

func (b *builder) stack(j *journal.Journal, v *journal.Violation, pcs []uint64) []report.Frame {
	var out []report.Frame
	for _, pc := range pcs {
		out = append(out, b.frames(j, v, pc)...)
	}
	return out
}

// frames names one return address; calls that were inlined there are frames of their own.
// They are shared between violations.
func (b *builder) frames(j *journal.Journal, v *journal.Violation, pc uint64) []report.Frame {
	m := j.ModuleAt(pc, v.Offset)
	if m == nil { // a JIT's code, or a module that came and went unseen
		return []report.Frame{{}}
	}
	in := module(m, b.roots[j])
	in.Bias = 0
	key := address{in, pc - m.Bias}
	known, ok := b.named[key]
	if ok {
		return known
	}
	if len(b.named) >= maxNamed {
		clear(b.named)
	}
	frames := b.resolve(m, b.roots[j], pc)
	b.named[key] = frames
	return frames
}

// resolve leaves out what refcount's headers inline at a macro's use: it is told as if the
// macro did the check itself.
func (b *builder) resolve(m *journal.Module, root string, pc uint64) []report.Frame {
	var out []report.Frame
	for _, f := range b.resolver.Resolve(module(m, root), pc, true) {
		if f.Inlined && refcount.Scaffold(f.File) {
			continue
		}
		frame := report.Frame{
			Function: text(f.Function), File: text(f.File), Module: text(m.Path), Offset: new(pc - m.Bias),
			BuildID: text(m.BuildID), Inlined: f.Inlined, Nearest: f.Function != "" && !f.Exact, Interpreter: m.Interpreter,
		}
		if !m.Interpreter {
			frame.Reason = text(reason(f, root))
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

// reason says in one line what stands in the way of naming all of a frame, with files as the
// process sees them.
func reason(f symbols.Frame, root string) string {
	said := strings.ReplaceAll(cmp.Or(f.Reason, f.Debug), "\n", "; ")
	if root != "" {
		said = strings.ReplaceAll(said, root+"/", "/")
	}
	return said
}
