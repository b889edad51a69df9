package report

// acted says what was done at the violation, and where the process died in the call.
func (t *text) acted(v *Violation) {
	a := v.Acted
	switch {
	case a != nil && a.Action == ActionAbort && v.Fatal:
		t.line("  ", t.paint("aborted:", red), " gilwatch had the process abort before this call"+t.deathSignal(v))
		return
	case v.Fatal:
		t.line("  ", t.paint("fatal:", red), " the process died in this call"+t.deathSignal(v))
	}
	if a == nil {
		return
	}
	if a.Count > 0 {
		switch a.Action {
		case ActionAcquire:
			t.line("  acquired: ", plural(int(a.Count), "call was", "calls were"), " made with the GIL held all the same")
		case ActionStop:
			t.line("  stopped: the process stopped before this call")
		case ActionAbort:
			t.line("  abort: the process got SIGABRT before this call, and lived on")
		}
	}
	if a.Declined > 0 {
		text := number(a.Declined) + " of " + times(v.Count)
		if a.Declined == v.Count {
			text = times(v.Count)
		}
		if a.Reason != nil {
			text += ", because " + Clean(*a.Reason)
		}
		t.paragraph("  ", "not acquired: ", text, plain)
	}
}
