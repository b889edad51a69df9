package collector

import (
	"sync"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/internal/report"
)

// maxPythonStacks bounds what is kept; a session with more distinct violations has null
// for the rest.
const maxPythonStacks = 20000

// maxPythonFrames is how many frames of a Python stack are shown.
const maxPythonFrames = 100

// violationKey names a violation among all journals of a session.
type violationKey struct {
	pid    int32
	serial uint32
	entry  uint64
}

// pythonStacks keeps the Python stacks that were read while their threads waited.
type pythonStacks struct {
	mu sync.Mutex
	of map[violationKey][]report.PythonFrame
}

// read reads the Python stack of the thread that waits with the violation. What cannot be
// read is an error, and the thread's stack stays unknown.
func (p *pythonStacks) read(folder string, n journal.Note) error {
	j, v, err := journal.Peek(n.Path(folder), n.Entry)
	if err != nil {
		return err
	}
	version, err := capi.ParseVersion(j.Python)
	if err != nil {
		return err
	}
	version.FreeThreaded = j.FreeThreaded
	memory, closer, err := pystack.ProcessMemory(int(v.Pid))
	if err != nil {
		return err
	}
	defer closer.Close()
	in := pystack.Interpreter{Version: version, Runtime: j.Runtime}
	state, err := pystack.ThreadState(memory, in, pystack.Thread{ID: v.Self})
	if err != nil {
		if v.State == 0 {
			return err
		}
		state = v.State
	}
	frames, _, err := pystack.Stack(memory, in, state, maxPythonFrames)
	p.keep(violationKey{n.Pid, n.Serial, n.Entry}, frames)
	return err
}

func (p *pythonStacks) keep(key violationKey, frames []pystack.Frame) {
	out := make([]report.PythonFrame, 0, len(frames))
	for _, f := range frames {
		frame := report.PythonFrame{Function: text(f.Function), File: text(f.File)}
		if f.Line > 0 {
			frame.Line = new(f.Line)
		}
		out = append(out, frame)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil {
		p.of = map[violationKey][]report.PythonFrame{}
	}
	if len(p.of) < maxPythonStacks {
		p.of[key] = out
	}
}

// get returns the stack of a violation, nil if it is not known.
func (p *pythonStacks) get(j *journal.Journal, v *journal.Violation) []report.PythonFrame {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of[violationKey{j.Pid, j.Serial, v.Offset}]
}
