package collector

import (
	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/internal/report"
)

// maxPythonFrames is how many frames of a Python stack are shown.
const maxPythonFrames = 100

// python is the Python stack of the thread that waits. After an error it has the frames up
// to there.
func (p *waiting) python(state uint64) (PythonStack, error) {
	frames, truncated, err := pystack.Stack(p.memory, p.in, state, maxPythonFrames)
	return PythonStack{frames, truncated || err != nil}, err
}

// PythonStack is a Python stack as it was read.
type PythonStack struct {
	Frames    []pystack.Frame
	Truncated bool // there are more frames
}

// pythonFrames are frames in the report's words.
func pythonFrames(frames []pystack.Frame) []report.PythonFrame {
	out := make([]report.PythonFrame, 0, len(frames))
	for _, f := range frames {
		frame := report.PythonFrame{Function: text(f.Function), File: text(f.File)}
		if f.Line > 0 {
			frame.Line = new(f.Line)
		}
		out = append(out, frame)
	}
	return out
}
