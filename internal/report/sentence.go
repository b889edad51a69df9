package report

import "strings"

// sentence says in one clean line what was called where, how often, and whether it was the end.
func (f facts) sentence(v *Violation) string {
	parts := []string{f.title(v)}
	if own := callerFrame(v); own >= 0 {
		parts[0] += " in " + fit(v.NativeStack[own].Name(), longName*2)
		if module := v.NativeStack[own].Module; module != nil {
			parts[0] += " (" + fit(Clean(ModuleName(*module)), longName) + ")"
		}
	}
	parts = append(parts, times(v.Count))
	if fatal := f.fatal(v); fatal != "" {
		parts = append(parts, fatal)
	}
	return strings.Join(parts, "; ")
}

// whyDetached says in one clean line where the thread lost its thread state, or where it
// began when it never had one; "" when neither is known.
func (f facts) whyDetached(v *Violation) string {
	if inside := ReleasedInside(v); inside != "" {
		return "the GIL was released by the interpreter itself, " + inside
	}
	for _, reason := range []struct {
		words  string
		frames []Frame
	}{{"the GIL was released", v.ReleasedAt}, {"the thread was started", v.ThreadStartedAt}} {
		if len(reason.frames) == 0 {
			continue
		}
		frame := reason.frames[max(OwnFrame(reason.frames), 0)]
		words := reason.words + " in " + fit(frame.Name(), longName*2)
		if at, known := f.frameLocation(v, frame); known {
			words = reason.words + " at " + place(at.file, frame.Line) + " in " + fit(frame.Name(), longName*2)
		}
		return words
	}
	return ""
}
