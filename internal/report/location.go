package report

import (
	"path"
	"slices"
	"strings"
)

// location is a place in a source file.
type location struct {
	file   string // clean; from the root on when inside, else as it was compiled
	inside bool
	line   int // 0 is not known
	column int // in UTF-16 code units, see utf16Column; 0 is not known
}

// location returns the place that a reader should be shown a violation at: the one nearest to
// the call that lies in the reader's own tree, of the extension's code, or else of the
// Python code that led there. If there is none it is where the extension called.
func (f facts) location(v *Violation) (location, bool) {
	for i := max(callerFrame(v), tailCaller(v), 0); i < len(v.NativeStack); i++ {
		frame := v.NativeStack[i]
		if OriginOf(frame) != Own {
			continue
		}
		if at, known := f.frameLocation(v, frame); known && at.inside {
			return at, true
		}
	}
	for _, frame := range v.PythonStack {
		if at, known := f.pythonLocation(frame); known && at.inside {
			return at, true
		}
	}
	i := slices.IndexFunc(v.NativeStack, func(frame Frame) bool { return frame.File != nil && !frame.Interpreter })
	if i < 0 {
		return location{}, false
	}
	return f.frameLocation(v, v.NativeStack[i])
}

// frameLocation is the place of a frame of v's.
func (f facts) frameLocation(v *Violation, frame Frame) (location, bool) {
	if frame.File == nil || *frame.File == "" {
		return location{}, false
	}
	at := f.fileLocation(*frame.File)
	if throughLink(*frame.File) {
		at = location{file: Clean(*frame.File)}
	}
	if frame.Line != nil && *frame.Line > 0 {
		at.line = *frame.Line
	}
	at.column = utf16Column(v, frame)
	return at, true
}

func (f facts) pythonLocation(frame PythonFrame) (location, bool) {
	if frame.File == nil || *frame.File == "" {
		return location{}, false
	}
	at := f.fileLocation(*frame.File)
	if frame.Line != nil && *frame.Line > 0 {
		at.line = *frame.Line
	}
	return at, true
}

// fileLocation is the start of a file. CPython keeps the relative paths that pytest was
// given; they are told from the run's working folder.
func (f facts) fileLocation(file string) location {
	clean := path.Clean(file)
	if path.IsAbs(clean) || clean[0] == '<' { // "<string>" is no file
		inside, ok := f.inside(clean)
		if !ok {
			return location{file: Clean(clean)}
		}
		return location{file: Clean(inside), inside: !vendored(inside)}
	}
	if cwd := f.report.Run.Cwd; cwd != nil && path.Clean(*cwd) != path.Clean(f.root) {
		return f.fileLocation(path.Join("/", *cwd, clean))
	}
	return location{file: Clean(clean), inside: !vendored(clean) && !strings.HasPrefix(clean, "../")}
}
