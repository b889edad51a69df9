package report

// Caller returns the frame that a violation is about: the innermost of the extension's own
// code, or the innermost that is not the interpreter's; of a tail call the frame that it
// returns to. It is nil when none is known.
func Caller(v *Violation) *Frame {
	i := callerFrame(v)
	if v.TailCall {
		i = OwnFrame(v.NativeStack)
	}
	if i < 0 || i >= len(v.NativeStack) {
		return nil
	}
	return &v.NativeStack[i]
}
