// Package source reads the lines around a frame for the report.
//
// The paths come from debug information, which may lie: only regular files are opened, of
// bounded size, and lines are cut. What cannot be read is not shown; the report is whole
// without it.
package source

import (
	"bytes"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/report"
)

const (
	// maxAround bounds the lines on either side of the marked one.
	maxAround = 50
	// maxLine is how much of a line is kept, in bytes: more than any terminal shows.
	maxLine = 400
)

// Reader reads source lines and keeps the files that it read. The zero value is ready. It
// is not safe for use by several goroutines.
type Reader struct {
	cache cache
}

// Lines returns the line of a file, counted from 1 and marked, and up to `around` lines on
// either side of it. It returns nil when the file is not at hand, has no such line or is not
// text.
//
// built is when the module that the frame lies in was last written; zero if that is not
// known. A file that was changed after it is not shown: the line that debug information
// names may be another one there, and a wrong line marked is worse than none. Times of a
// second's precision may hide nothing by their rounding, so the files may be a second apart.
//
// root stands before the names of the process that the module ran in, if its files are others
// than ours; "" is our own tree. A relative path is not looked for: the folder that it starts in
// is the compiler's.
func (r *Reader) Lines(root, file string, line, around int, built time.Time) []report.SourceLine {
	if line < 1 || !strings.HasPrefix(file, "/") {
		return nil
	}
	f := r.cache.get(root, file)
	if f == nil || line > f.lines() {
		return nil
	}
	if !built.IsZero() && f.modified.After(built.Add(time.Second)) {
		return nil
	}
	around = min(max(around, 0), maxAround)
	first, last := max(line-around, 1), min(line+around, f.lines())
	var out []report.SourceLine
	for n := first; n <= last; n++ {
		out = append(out, report.SourceLine{Line: n, Text: text(f.line(n)), Mark: n == line})
	}
	return trim(out)
}

// OwnFrame returns the index of the innermost frame of the extension's own code, whose
// source is worth showing, -1 when there is none.
func OwnFrame(frames []report.Frame) int { return report.OwnFrame(frames) }

// text is a line without what ends it, cut where a character ends.
func text(line []byte) string {
	line = bytes.TrimRight(line, "\r\n \t")
	cut := len(line) > maxLine
	if cut {
		line = line[:maxLine]
	}
	s := strings.ToValidUTF8(string(line), "�")
	if cut {
		s = strings.TrimRight(s, "�") + "…"
	}
	return s
}

// trim drops empty lines at both ends, but never the marked one.
func trim(lines []report.SourceLine) []report.SourceLine {
	empty := func(l report.SourceLine) bool { return l.Text == "" && !l.Mark }
	for len(lines) > 0 && empty(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && empty(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
}
