package report

import "strings"

// maxFramesShown bounds the lines of one stack, unless all are asked for.
const maxFramesShown = 16

// stack writes native frames under a title, innermost first, with the one at index marked
// pointed at. Frames that are not the extension's own are folded: inner is as in foldFrames.
func (t *text) stack(title string, frames []Frame, marked, inner int) {
	if len(frames) == 0 {
		return
	}
	t.title(title)
	lines := shown(nil, 0, len(frames))
	if !t.full {
		lines = foldFrames(frames, inner)
	}
	for n, l := range lines {
		switch {
		case n == maxFramesShown && !t.full:
			t.line("      … ", plural(len(frames)-l.index, "more frame", "more frames"))
			return
		case l.folded > 0:
			t.folded(l)
		default:
			t.frame(frames[l.index], l.index == marked)
		}
	}
}

// folded writes that frames are left out, and the first time how to see them.
func (t *text) folded(l stackLine) {
	words := "… " + l.words()
	if how := " (--full-stacks)"; !t.foldSaid && columns(words+how)+6 <= t.width {
		words += how
		t.foldSaid = true
	}
	t.line("      ", t.paint(fit(words, t.width-6), dim))
}

func (t *text) frame(f Frame, marked bool) {
	name := f.Name()
	if f.Nearest {
		name = "near " + name
	}
	if f.Inlined {
		name += " (inlined)"
	}
	where := t.filePlace(f)
	if where == "" {
		where = modulePlace(f)
	}
	indent, as := "      ", plain
	switch {
	case marked:
		indent, as = "    > ", bold
	case OriginOf(f) != Own:
		as = dim
	}
	t.spread(indent, name, endOfPath(where, t.width-columns(indent+name)-2), as, dim)
}

// endOfPath cuts a place to n columns from the left, at folders, as far as its last name: whose
// file it is and what line tells more than where it begins.
func endOfPath(where string, n int) string {
	for columns(where) > n {
		_, rest, ok := strings.Cut(strings.TrimPrefix(where, "…/"), "/")
		if !ok {
			return strings.TrimPrefix(where, "…/")
		}
		where = "…/" + rest
	}
	return where
}

// otherCallers lists by whom else the own frame of an entry was reached, a line each.
func (t *text) otherCallers(e *entry) {
	if len(e.others) == 0 {
		return
	}
	t.title("other callers")
	for i := range e.others {
		if i == maxFramesShown && !t.full {
			t.line("      … ", plural(len(e.others)-i, "more caller", "more callers"))
			return
		}
		v := &e.others[i]
		f := parting(v, &e.Violation)
		name := f.Name()
		if where := t.filePlace(*f); where != "" {
			name += " (" + where + ")"
		}
		t.spread("      ", name, times(v.Count)+", id "+fit(Clean(v.ID), 16), plain, dim)
	}
}

// released writes why the thread had no thread state: where it gave it up, or that the interpreter
// did, or that it never had one and where it was made.
func (t *text) released(v *Violation) {
	t.stack(fit(releasedTitle(v), t.width-2), v.ReleasedAt, -1, 1)
	if ReleasedInside(v) != "" {
		t.title(releasedTitle(v)) // a gate would have frames to show
	}
	t.stack(startedTitle(v), v.ThreadStartedAt, -1, 1)
}

// calledTitle is what stands above the stack of the call.
func calledTitle(v *Violation) string {
	if v.TailCall {
		return "returns to"
	}
	return "called from"
}

func releasedTitle(v *Violation) string {
	if inside := ReleasedInside(v); inside != "" {
		return "released by the interpreter itself, " + inside
	}
	if v.ReleasedBy == nil {
		return "released at"
	}
	return "released by " + Clean(*v.ReleasedBy) + " at"
}

func startedTitle(v *Violation) string {
	if NeverAttached(v) && (v.Kind == KindGILNotHeld || v.Kind == KindNotAttachedHere) {
		return "never had a thread state; thread started at"
	}
	return "thread started at"
}

func (t *text) title(title string) {
	t.line("")
	t.line("  ", t.paint(title, bold))
}

// pythonStack writes Python frames, innermost first. Of a truncated stack it is not known how many
// there are.
func (t *text) pythonStack(frames []PythonFrame, truncated bool) {
	if len(frames) == 0 {
		return
	}
	t.title("Python")
	for i, f := range frames {
		if i == maxFramesShown && !t.full {
			more := plural(len(frames)-i, "more frame", "more frames")
			if truncated {
				more = "more than " + more
			}
			t.line("      … ", more)
			return
		}
		function, where := "?", ""
		if f.Function != nil {
			function = Clean(*f.Function)
		}
		if f.File != nil {
			where = place(t.pythonFile(*f.File), f.Line)
		}
		t.spread("      ", function, where, plain, dim)
	}
	if truncated {
		t.line("      … ", unreadFrames)
	}
}

// unreadFrames stands behind the frames that were read of a truncated Python stack.
const unreadFrames = "more frames, which were not read"
