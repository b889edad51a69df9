package report

import (
	"slices"
	"strings"
)

// maxInner is how many frames between the C-API call and the extension's own code are
// shown; of more, the first and the last.
const maxInner = 3

// stackLine is a frame of a stack as it is shown, or a run of frames that is folded.
type stackLine struct {
	index   int // of the frame, or the first of the run
	folded  int // the number of frames in the run, 0 for a frame that is shown
	origins []Origin
}

// foldFrames decides what of a stack is shown: all of the extension's own code, what that
// called directly, and of the rest only how much there is. Of a stack without own code the
// `inner` innermost frames are shown.
func foldFrames(frames []Frame, inner int) []stackLine {
	origins := make([]Origin, len(frames))
	for i, f := range frames {
		origins[i] = OriginOf(f)
	}
	var lines []stackLine
	for i := 0; i < len(frames); {
		end := i + 1
		for end < len(frames) && (origins[i] == Own) == (origins[end] == Own) {
			end++
		}
		switch {
		case origins[i] == Own:
			lines = shown(lines, i, end)
		case i == 0:
			lines = innermost(lines, origins, end, inner)
		default:
			lines = run(lines, origins, i, end)
		}
		i = end
	}
	return lines
}

// innermost folds a run that a stack begins with.
func innermost(lines []stackLine, origins []Origin, end, inner int) []stackLine {
	switch {
	case end == len(origins): // there is no own code
		first := min(inner, end)
		return run(shown(lines, 0, first), origins, first, end)
	case end <= maxInner:
		return shown(lines, 0, end)
	default:
		lines = run(shown(lines, 0, 1), origins, 1, end-1)
		return shown(lines, end-1, end)
	}
}

func shown(lines []stackLine, from, to int) []stackLine {
	for i := from; i < to; i++ {
		lines = append(lines, stackLine{index: i})
	}
	return lines
}

// run folds the frames from..to, unless it is one, which takes no more room than the word
// that it is folded.
func run(lines []stackLine, origins []Origin, from, to int) []stackLine {
	if to-from < 2 {
		return shown(lines, from, to)
	}
	var named []Origin
	for _, origin := range origins[from:to] {
		if !slices.Contains(named, origin) {
			named = append(named, origin)
		}
	}
	return append(lines, stackLine{from, to - from, named})
}

// words names whose frames are folded: "24 frames of nanobind, the interpreter and libc".
func (l stackLine) words() string {
	var names []string
	for _, origin := range l.origins {
		names = append(names, string(origin))
	}
	whose := names[len(names)-1]
	if len(names) > 1 {
		whose = strings.Join(names[:len(names)-1], ", ") + " and " + whose
	}
	return number(l.folded) + " frames of " + whose
}
