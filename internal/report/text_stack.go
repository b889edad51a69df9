package report

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// maxFramesShown bounds the lines of one stack, unless all are asked for.
const maxFramesShown = 16

// stack writes native frames under a title, innermost first, with the one at index
// marked pointed at. Runs of the interpreter's frames are folded.
func (t *text) stack(title string, frames []Frame, marked int) {
	if len(frames) == 0 {
		return
	}
	t.title(title)
	shown := 0
	for i := 0; i < len(frames); i++ {
		if shown == maxFramesShown && !t.full {
			t.line("      … ", plural(len(frames)-i, "more frame", "more frames"))
			return
		}
		shown++
		run := interpreterRun(frames[i:])
		if run > 1 && !t.full {
			t.line("      ", t.paint("… "+number(run)+" frames of the interpreter", dim))
			i += run - 1
			continue
		}
		as, indent := dim, "      "
		if !frames[i].Interpreter {
			as = plain
		}
		if i == marked {
			indent = "    > "
		}
		t.frame(indent, frames[i], as)
	}
}

// interpreterRun counts the interpreter's frames that frames begins with.
func interpreterRun(frames []Frame) int {
	n := 0
	for n < len(frames) && frames[n].Interpreter {
		n++
	}
	return n
}

func (t *text) frame(indent string, f Frame, as style) {
	name := functionName(f)
	if f.Nearest {
		name = "near " + name
	}
	if f.Inlined {
		name += " (inlined)"
	}
	where := filePlace(f)
	if where == "" {
		where = modulePlace(f)
	}
	t.spread(indent, name, where, as, dim)
}

func (t *text) title(title string) {
	t.line("")
	t.line("  ", t.paint(title, bold))
}

// pythonStack writes Python frames, innermost first.
func (t *text) pythonStack(frames []PythonFrame) {
	if len(frames) == 0 {
		return
	}
	t.title("Python")
	for i, f := range frames {
		if i == maxFramesShown && !t.full {
			t.line("      … ", plural(len(frames)-i, "more frame", "more frames"))
			return
		}
		function, where := "?", ""
		if f.Function != nil {
			function = Clean(*f.Function)
		}
		if f.File != nil {
			where = Clean(*f.File)
		}
		if f.Line != nil {
			where += ":" + strconv.Itoa(*f.Line)
		}
		t.spread("      ", function, where, plain, dim)
	}
}

// source writes lines of source with the marked one pointed at.
func (t *text) source(lines []SourceLine) {
	if len(lines) == 0 {
		return
	}
	t.line("")
	for _, l := range lines {
		pointer, as := "    ", dim
		if l.Mark {
			pointer, as = "  > ", plain
		}
		lead := fmt.Sprintf("  %s%5d | ", pointer, l.Line)
		// A tab is as wide as where it stands: spaces keep the columns.
		code := Clean(strings.ReplaceAll(l.Text, "\t", "    "))
		t.line(lead, t.paint(fit(code, t.width-columns(lead)), as))
	}
}

// functionName is the frame's function for reading, "?" when it is not known.
func functionName(f Frame) string {
	if f.Function == nil || *f.Function == "" {
		return "?"
	}
	return Clean(shortName(*f.Function))
}

// filePlace is "file.c:12", "" when the file is not known.
func filePlace(f Frame) string {
	if f.File == nil {
		return ""
	}
	place := Clean(path.Base(*f.File))
	if f.Line != nil {
		place += ":" + strconv.Itoa(*f.Line)
	}
	return place
}

// moduleFile is the module's file name with its tags.
func moduleFile(f Frame) string {
	if f.Module == nil {
		return "no module"
	}
	return Clean(path.Base(*f.Module))
}

// modulePlace is the module's name without its tags, and the offset.
func modulePlace(f Frame) string {
	if f.Module == nil {
		return "no module"
	}
	return Clean(ModuleName(*f.Module)) + offset(f)
}

func offset(f Frame) string {
	if f.Offset == nil {
		return ""
	}
	return fmt.Sprintf("+%#x", *f.Offset)
}
