package report

import (
	"strings"
	"unicode/utf8"
)

// utf16Column is the column of a frame of v's, from 1, in UTF-16 code units, as SARIF's
// columnKind says. GitHub's annotations name no unit. Debug information counts bytes; what they
// are is known where the line stands in the source shown. Elsewhere it is 0, not known.
func utf16Column(v *Violation, frame Frame) int {
	line, known := sourceLine(v, frame)
	if !known || frame.Column == nil || *frame.Column < 1 || *frame.Column > len(line) {
		return 0
	}
	before := line[:*frame.Column-1]
	if !utf8.ValidString(before) || strings.ContainsRune(before, utf8.RuneError) {
		return 0 // inside of a character, or behind bytes that were none
	}
	column := 1
	for _, r := range before {
		column++
		if r > 0xffff {
			column++
		}
	}
	return column
}

// sourceLine is a frame's line as far as the source around the violation has it.
func sourceLine(v *Violation, frame Frame) (text string, known bool) {
	i := OwnFrame(v.NativeStack)
	if i < 0 || frame.Line == nil || orNothing(frame.File) != orNothing(v.NativeStack[i].File) {
		return "", false
	}
	for _, l := range v.Source {
		if l.Line == *frame.Line {
			return l.Text, true
		}
	}
	return "", false
}
