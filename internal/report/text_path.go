package report

import (
	"strings"
)

// filePlace is where a frame is: from the run's working folder on when the file lies in it,
// and else the file's name, with the line; "" when the file is not known.
func (t *text) filePlace(f Frame) string {
	if f.File == nil {
		return ""
	}
	if inside, ok := t.inside(*f.File); ok && !throughLink(*f.File) {
		return place(inside, f.Line)
	}
	return f.Place()
}

// pythonFile is a Python file from the run's working folder on, or as it is imported when it
// is installed, or as it is.
func (t *text) pythonFile(file string) string {
	if inside, ok := t.inside(file); ok && !strings.Contains(inside, "-packages/") {
		return inside
	}
	for _, folder := range []string{"/site-packages/", "/dist-packages/"} {
		if i := strings.LastIndex(file, folder); i >= 0 {
			return file[i+len(folder):]
		}
	}
	return file
}
