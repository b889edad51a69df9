package report

import (
	"slices"

	"github.com/gilwatch/gilwatch/internal/symbols"
)

// place says which of the extension's lines, or functions, called. Of a tail call it says
// where that will return to.
func (t *text) place(v *Violation) {
	own, lead, unknown := callerFrame(v), "  ", "  from an unknown place"
	if v.TailCall {
		own, lead, unknown = tailCaller(v), "  by a tail call that returns ", "  by a tail call from an unknown place"
	}
	if own < 0 {
		t.line(unknown)
		return
	}
	f := v.NativeStack[own]
	where := lead + t.inFunction(f)
	module := moduleFile(f)
	if f.Module != nil && (columns(module) > t.width/2 || columns(where)+columns(module)+4 > t.width) {
		module = Clean(ModuleName(*f.Module))
	}
	t.spread("", where, "("+fit(module, t.width/2)+")", plain, dim)
}

// inFunction is "at file.c:12 in f", or "in f" when the line is not known.
func (t *text) inFunction(f Frame) string {
	file := t.filePlace(f)
	if columns(file) > t.width/3 {
		file = fit(f.Place(), t.width/2)
	}
	switch {
	case file != "":
		return "at " + file + " in " + f.Name()
	case f.Nearest:
		return "near " + f.Name()
	default:
		return "in " + f.Name()
	}
}

// callerFrame returns the index of the frame that an entry is about: the innermost of the
// extension's own code, or the innermost that is not the interpreter's. It is -1 when that
// is not known: of a tail call no frame is the caller's.
func callerFrame(v *Violation) int {
	if v.TailCall {
		return -1
	}
	if own := OwnFrame(v.NativeStack); own >= 0 {
		return own
	}
	return slices.IndexFunc(v.NativeStack, func(f Frame) bool { return !f.Interpreter })
}

// tailCaller returns 0 when the extension's own code is what a tail call returns to: it
// called the function that made it.
func tailCaller(v *Violation) int {
	if OwnFrame(v.NativeStack) == 0 {
		return 0
	}
	return -1
}

// noLines says why the frame that an entry is about has no line, no name, or not all that were
// inlined there.
func (t *text) noLines(v *Violation) {
	own := OwnFrame(v.NativeStack)
	if own < 0 || v.NativeStack[own].Module == nil {
		return
	}
	if what := missing(v.NativeStack[own]); what != "" {
		t.paragraph("      ", "", Clean(ModuleName(*v.NativeStack[own].Module))+" "+what, plain)
	}
}

// missing says what is not known of a frame, and why; "" when nothing is missing.
func missing(f Frame) string {
	reason := ""
	if f.Reason != nil {
		reason = Clean(*f.Reason)
	}
	switch {
	case f.File != nil && reason == "":
		return ""
	case f.File != nil:
		return "may lack inlined calls here: " + reason
	case f.Function == nil && reason != "":
		return "has no names here: " + reason
	}
	names := "names are of its symbol table"
	if f.Nearest {
		names = "the name is that of the nearest symbol before it"
	}
	if reason == "" || reason == symbols.NoDebug {
		return "has " + symbols.NoDebug + " here: " + names
	}
	return "has no lines here: " + reason + "; " + names
}
