package collector

import (
	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/internal/report"
)

// maxPythonFrames is how many frames of a Python stack are shown.
const maxPythonFrames = 100

// python is the Python stack of the thread that waits. After an error it has the frames up
// to there.
func (p *waiting) python(state uint64) ([]report.PythonFrame, error) {
	frames, _, err := pystack.Stack(p.memory, p.in, state, maxPythonFrames)
	return pythonFrames(frames), err
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
