package report

import (
	"strconv"
	"strings"
)

const (
	// maxTestsShown and maxPIDsShown bound the lists in an entry.
	maxTestsShown = 3
	maxPIDsShown  = 4
)

// entry writes one entry: what, where, how often, and then why.
func (t *text) entry(e *entry) {
	v := &e.Violation
	t.headline(v)
	t.place(v)
	if lines := also(v); lines != "" {
		t.paragraph("  ", "", lines, plain)
	}
	t.paragraph("  ", "", listed(append([]string{times(v.Count)}, t.whereabouts(v)...)), plain)
	t.holder(v)
	t.tests(v)
	if v.Known {
		t.line("  known: it stands in the baseline")
	}
	t.acted(v)
	t.source(v.Source)
	t.stack(calledTitle(v), v.NativeStack, callerFrame(v), maxInner)
	t.noLines(v)
	t.otherCallers(e)
	t.released(v)
	t.pythonStack(v.PythonStack, v.PythonTruncated)
	t.hint(v.Hint)
}

// longestFunction is more columns than any name of the C API takes. A name is never cut below
// that: it is what an entry is about. The longest now is PyUnstable_PerfTrampoline_SetPersistAfterFork.
const longestFunction = 60

// headline writes severity, kind, function and what is wrong, and the id at the right
// edge, or below when there is no room. Where the rest finds none either, it is wrapped.
func (t *text) headline(v *Violation) {
	label := fit(Clean(v.Severity), 12) + "[" + fit(Clean(v.Kind), 20) + "]:"
	function := fit(Clean(v.Function), max(t.width-columns(label+"  "+t.wrong(v)), longestFunction))
	id := "id " + fit(Clean(v.ID), 32)
	line := label + " " + function + " " + t.wrong(v)
	t.b.WriteString(t.paint(label, severityStyle(v.Severity)))
	switch room := t.width - columns(line+id); {
	case room >= 2:
		t.line(t.paint(" "+function, bold), " ", t.wrong(v), strings.Repeat(" ", room), t.paint(id, dim))
		return
	case columns(line) <= t.width:
		t.line(t.paint(" "+function, bold), " ", t.wrong(v))
	case columns(label+" "+function) <= t.width:
		t.line(t.paint(" "+function, bold))
		t.paragraph("  ", "", t.wrong(v), plain)
	default:
		t.line("\n  ", t.paint(function, bold))
		t.paragraph("  ", "", t.wrong(v), plain)
	}
	t.line("  ", t.paint(id, dim))
}

// whereabouts says in which thread, processes and Python.
func (t *text) whereabouts(v *Violation) []string {
	which := thread(v)
	if v.TID != v.PID && v.ThreadName != nil && *v.ThreadName != "" {
		which += " (tid " + strconv.Itoa(v.TID) + ")" // most bear the program's name
	}
	items := []string{which, pids(v)}
	if pythons := t.pythons(v); pythons != "" {
		items = append(items, pythons)
	}
	return items
}

// listed joins items, of which none is broken at the end of a line.
func listed(items []string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.Join(items, "\n"), " ", noBreak), "\n", ", ")
}

// thread names the thread of the call whose stacks are shown.
func thread(v *Violation) string {
	switch {
	case v.TID == v.PID:
		return "main thread"
	case v.ThreadName != nil && *v.ThreadName != "":
		return "thread " + Clean(*v.ThreadName)
	default:
		return "thread " + strconv.Itoa(v.TID)
	}
}

// holder says who had the GIL meanwhile, if that is known.
func (t *text) holder(v *Violation) {
	if holding := holding(v); holding != "" {
		t.line("  ", fit(holding, t.width-2))
	}
}

// holding says in one clean line who had the GIL meanwhile, "" when that is not known.
func holding(v *Violation) string {
	h := v.GILHolder
	switch {
	case h == nil:
		return ""
	case !h.Held:
		return "nobody held the GIL"
	case h.TID == nil:
		return "another thread held the GIL"
	case *h.TID == v.PID:
		return "the main thread held the GIL"
	case h.ThreadName != nil && *h.ThreadName != "":
		return "thread " + Clean(*h.ThreadName) + " (tid " + strconv.Itoa(*h.TID) + ") held the GIL"
	default:
		return "thread " + strconv.Itoa(*h.TID) + " held the GIL"
	}
}

// pythons names the versions of Python that v was seen on.
func (t *text) pythons(v *Violation) string {
	versions := v.Pythons
	if p := t.process(v); len(versions) == 0 && p.Python != nil {
		versions = []string{*p.Python}
	}
	if len(versions) == 0 {
		return ""
	}
	return "python " + fit(Clean(strings.Join(versions, ", ")), 40)
}

func times(count uint64) string {
	if count == 1 {
		return "once"
	}
	return number(count) + " times"
}

func pids(v *Violation) string {
	all := union([]int{v.PID}, v.Processes)
	if len(all) == 1 {
		return "pid " + strconv.Itoa(all[0])
	}
	var shown []string
	for _, pid := range all[:min(len(all), maxPIDsShown)] {
		shown = append(shown, strconv.Itoa(pid))
	}
	s := "pids " + strings.Join(shown, ", ")
	if more := len(all) - len(shown); more > 0 {
		s += " and " + number(more) + " more"
	}
	return s
}

// tests says which tests ran.
func (t *text) tests(v *Violation) {
	for _, line := range testLines(v) {
		t.paragraph("  ", "", line, plain)
	}
}

// hint writes what to do. Lines that begin with a space are code and not wrapped.
func (t *text) hint(hint *string) {
	if hint == nil {
		return
	}
	t.line("")
	label, as := "hint: ", cyan
	for line := range strings.Lines(*hint) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, " ") {
			t.line("        ", fit(Clean(line), t.width-8))
		} else {
			t.paragraph("  ", label, Clean(line), as)
		}
		label, as = "      ", plain
	}
}
