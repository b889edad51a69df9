package hint

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
)

// call is a violation and what its frames tell at first sight.
type call struct {
	*report.Violation
	python   string
	binding  *binding
	own      int // the innermost frame of the extension's own in NativeStack, or -1
	released int // and in ReleasedAt
}

func newCall(v *report.Violation, python string) *call {
	// What is foreign is harmless and short from here on.
	harmless := *v
	harmless.Function = short(report.Clean(v.Function))
	c := &call{Violation: &harmless, python: python, own: ownFrame(v.NativeStack), released: releasedIn(v.ReleasedAt)}
	started := v.ThreadStartedAt
	if report.StartedByPython(started) {
		started = nil // whoever asked Python for a thread
	}
	c.binding = bindingOf(v.ReleasedAt, v.NativeStack, started)
	switch c.binding.origin {
	case report.CTypes, report.CFFI:
		if c.releasing() != c.binding {
			c.binding = plainC // C that Python code reached through them, and that released itself
		}
	}
	return c
}

// ownFrame is the index of the innermost frame of the extension's own, or -1. What stands beyond a
// foreign-function library called Python code, which called that.
func ownFrame(frames []report.Frame) int {
	own := report.OwnFrame(frames)
	if own >= 0 && (anyOrigin(frames[:own], report.CTypes) || anyOrigin(frames[:own], report.CFFI)) {
		return -1
	}
	return own
}

// releasedIn is the index of the extension's own frame that gave up the GIL, or -1. Where a
// function did so for its caller, a guard's constructor for one, it is the caller: the last
// function of the frames is the one that goes on without the GIL.
func releasedIn(frames []report.Frame) int {
	last := 0
	for i := range frames[:max(len(frames)-1, 0)] {
		if !frames[i].Inlined {
			last = i + 1
		}
	}
	i := report.OwnFrame(frames[last:])
	if i >= 0 {
		i += last
	} else {
		i = report.OwnFrame(frames)
	}
	for i >= 0 && i+1 < len(frames) && isConstructor(frames[i]) && report.OriginOf(frames[i+1]) == report.Own {
		i++
	}
	return i
}

// isConstructor: its name without parameters ends like C::C, or C<T>::C.
func isConstructor(f report.Frame) bool {
	scopes, name, ok := cutLast(f.Name(), "::")
	if !ok || function(f) == "" {
		return false
	}
	class, _, _ := strings.Cut(scopes, "<")
	if _, last, ok := cutLast(class, "::"); ok {
		class = last
	}
	return class == name
}

func cutLast(s, separator string) (before, after string, ok bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// function is a frame's function as it was demangled, "" when it is not known for certain.
func function(f report.Frame) string {
	if f.Function == nil || f.Nearest {
		return ""
	}
	return *f.Function
}

// inner are the frames between the C-API call and the extension's own code, and that frame
// itself: what the own code did when the call was made. All are, when none is known to be
// its own.
func (c *call) inner() []report.Frame {
	if c.own < 0 {
		return c.NativeStack
	}
	return c.NativeStack[:c.own+1]
}

// caller names the extension's own function.
func (c *call) caller() string { return describe(c.NativeStack, c.own, "the caller") }

// releaser names where the thread gave up its thread state.
func (c *call) releaser() string {
	i := c.released
	if i < 0 && len(c.ReleasedAt) > 0 {
		i = 0
	}
	return describe(c.ReleasedAt, i, moduleOf(c.ReleasedAt, i))
}

// moduleOf names the file that a function without a certain name is in.
func moduleOf(frames []report.Frame, i int) string {
	if i < 0 || frames[i].Module == nil {
		return "an unknown place"
	}
	return short(report.Clean(filepath.Base(*frames[i].Module)))
}

// starter names where the thread was made.
func (c *call) starter() string {
	return describe(c.ThreadStartedAt, report.OwnFrame(c.ThreadStartedAt), "an unknown place")
}

// describe is "function (file:line)" of one frame, without what is not known.
func describe(frames []report.Frame, i int, unknown string) string {
	if i < 0 {
		return unknown
	}
	name := name(frames[i])
	if name == "" {
		name = unknown
	}
	if place := frames[i].Place(); place != "" {
		return name + " (" + short(place) + ")"
	}
	return name
}

// placeOrName is where a frame is, or in what function when the line is not known.
func placeOrName(f report.Frame) string {
	if place := f.Place(); place != "" {
		return short(place)
	}
	return short(f.Name())
}

// name is a function's name for a sentence, "" when it is not known for certain.
func name(f report.Frame) string {
	switch known := function(f); {
	case known == "":
		return ""
	case strings.HasSuffix(known, "::(anonymous)::operator()"), strings.Contains(known, "{lambda"), strings.Contains(known, "<lambda"):
		return "a lambda"
	}
	return short(f.Name())
}

// maxName is the length of which only the end of a name or a place is said.
const maxName = 60

func short(name string) string {
	if r := []rune(name); len(r) > maxName {
		return "…" + string(r[len(r)-maxName:])
	}
	return name
}

// sameFunction tells whether both frames are of one function.
func sameFunction(a, b report.Frame) bool {
	// Debug information names an inlined function f, the symbol table f(int).
	return function(a) != "" && a.Name() == b.Name()
}

// within tells whether a frame is of the other's function, or of one that is written inside of
// it: a lambda, a closure.
func within(f, outer report.Frame) bool {
	name, prefix := f.Name(), outer.Name()+"::"
	return sameFunction(f, outer) ||
		function(f) != "" && function(outer) != "" && (strings.HasPrefix(name, prefix+"{") || strings.HasPrefix(name, prefix+"<lambda"))
}

// anyFrame tells whether a function's name holds one of the parts.
func anyFrame(frames []report.Frame, parts ...string) bool {
	return slices.ContainsFunc(frames, func(f report.Frame) bool {
		name := function(f)
		return name != "" && slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
	})
}

// anyOrigin tells whether a frame is of the origin.
func anyOrigin(frames []report.Frame, origin report.Origin) bool {
	return slices.ContainsFunc(frames, func(f report.Frame) bool { return report.OriginOf(f) == origin })
}
