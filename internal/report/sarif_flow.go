//go:build !gilwatch_shim

package report

import (
	"slices"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// codeFlow is the way to the call in the order of time: where the thread lost the GIL or
// began, then the frames down to the call, outermost first. It is nil when nothing but the
// call itself is known.
func (f facts) codeFlow(v *Violation) *sarif.CodeFlow {
	var steps []*sarif.ThreadFlowLocation
	add := func(frame Frame, message string) {
		if at, known := f.frameLocation(v, frame); known {
			steps = append(steps, step(at, message))
		}
	}
	lost, why := v.ReleasedAt, "the GIL is released here"
	if len(lost) == 0 {
		lost, why = v.ThreadStartedAt, "the thread is started here"
	}
	if i := placedFrame(lost); i >= 0 {
		add(lost[i], why)
	}
	for i := len(v.NativeStack) - 1; i > 0; i-- {
		if frame := v.NativeStack[i]; OriginOf(frame) == Own {
			add(frame, frame.Name())
		}
	}
	if len(v.NativeStack) > 0 && !v.TailCall {
		add(v.NativeStack[0], f.title(v))
	}
	if len(steps) < 2 {
		return nil
	}
	flow := sarif.NewThreadFlow().WithLocations(steps)
	return sarif.NewCodeFlow().WithThreadFlows([]*sarif.ThreadFlow{flow})
}

// placedFrame returns the index of the innermost own frame with a file, else of any that
// is not the interpreter's, -1 when there is none.
func placedFrame(frames []Frame) int {
	placed := func(f Frame) bool { return f.File != nil && OriginOf(f) == Own }
	if i := slices.IndexFunc(frames, placed); i >= 0 {
		return i
	}
	return slices.IndexFunc(frames, func(f Frame) bool { return f.File != nil && !f.Interpreter })
}

func step(at location, message string) *sarif.ThreadFlowLocation {
	l := physical(at, at.line)
	l.WithMessage(sarif.NewTextMessage(message))
	return sarif.NewThreadFlowLocation().WithLocation(l)
}

// sarifFrames is how many frames of a stack are told: the interpreter's below pytest are some
// hundred a violation, and GitHub takes 10 MB, packed. The JSON report has them all.
const sarifFrames = 32

// stacks are the call's own stacks, innermost first.
func (f facts) stacks(v *Violation) []*sarif.Stack {
	stacks := []*sarif.Stack{}
	for _, s := range []struct {
		what   string
		frames []Frame
	}{{"called from", v.NativeStack}, {"released at", v.ReleasedAt}, {"thread started at", v.ThreadStartedAt}} {
		if len(s.frames) > 0 {
			stacks = append(stacks, f.stack(v, s.what, s.frames))
		}
	}
	if len(v.PythonStack) > 0 {
		stacks = append(stacks, f.pythonStack(v.PythonStack))
	}
	return stacks
}

func (f facts) stack(v *Violation, what string, frames []Frame) *sarif.Stack {
	stack := sarif.NewStack().WithMessage(sarif.NewTextMessage(what))
	for _, frame := range frames[:min(len(frames), sarifFrames)] {
		l := sarif.NewLocation()
		if at, known := f.frameLocation(v, frame); known {
			l = physical(at, at.line)
		}
		l.AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(frame.Name()))
		s := sarif.NewStackFrame().WithLocation(l)
		if frame.Module != nil {
			s.WithModule(Clean(*frame.Module))
		}
		stack.AddFrame(s)
	}
	return stack
}

func (f facts) pythonStack(frames []PythonFrame) *sarif.Stack {
	stack := sarif.NewStack().WithMessage(sarif.NewTextMessage("Python"))
	for _, frame := range frames[:min(len(frames), sarifFrames)] {
		l := sarif.NewLocation()
		if at, known := f.pythonLocation(frame); known {
			l = physical(at, at.line)
		}
		l.AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(pythonName(frame)))
		stack.AddFrame(sarif.NewStackFrame().WithLocation(l))
	}
	return stack
}
