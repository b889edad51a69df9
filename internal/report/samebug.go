package report

import (
	"math"
	"slices"
)

// BugKey is equal only for violations that Fold merges. It is cheap.
func BugKey(v *Violation) string {
	key := v.ID
	for _, f := range counted(v.NativeStack, idFrames) {
		key += "\x00"
		if f.Function != nil {
			key += *f.Function
		}
	}
	return key
}

// sameBug tells whether the functions that one violation went through are all, in this
// order, among those of the other. Debug information tells all of them; without, those
// that were inlined are missing.
func sameBug(a, b *Violation) bool {
	if a.TailCall || b.TailCall || otherCaller(a, b) { // who made a tail call is not known
		return false
	}
	switch {
	case tellsInlined(a) && tellsInlined(b) && OwnFrame(a.NativeStack) >= 0 && OwnFrame(b.NativeStack) >= 0:
		return oneWay(ownWay(a, math.MaxInt), ownWay(b, math.MaxInt))
	case tellsInlined(a) == tellsInlined(b):
		return oneWay(way(a, math.MaxInt), way(b, math.MaxInt))
	case tellsInlined(a):
		return among(way(b, idFrames), way(a, math.MaxInt))
	default:
		return among(way(a, idFrames), way(b, math.MaxInt))
	}
}

// otherWay tells whether debug information says of both that they are not the same bug,
// though their physical frames are the same: they went through other functions of the
// extension's own. How a binding got from there to the call is one line's matter.
func otherWay(a, b *Violation) bool {
	if a.TailCall || b.TailCall || !tellsInlined(a) || !tellsInlined(b) {
		return false
	}
	wayA, wayB := ownWay(a, idFrames), ownWay(b, idFrames)
	return len(wayA) > 0 && len(wayB) > 0 && (otherCaller(a, b) || !oneWay(wayA, wayB))
}

// otherCaller tells whether debug information says of both which of the extension's own
// functions made the call, and it is not the same: one that another calls, say, was inlined
// into that or not, and is to be mended in its own lines.
func otherCaller(a, b *Violation) bool {
	callerA, callerB := toldCaller(a), toldCaller(b)
	return callerA != nil && callerB != nil && !callerA.sameAs(*callerB)
}

// sameCaller tells whether the innermost of the extension's own functions that are known, with
// debug information or without, have the same name.
func sameCaller(a, b *Violation) bool {
	callerA, callerB := Caller(a), Caller(b)
	if callerA == nil || callerB == nil {
		return false
	}
	hopA, hopB := hopOf(*callerA), hopOf(*callerB)
	return hopA != nil && hopB != nil && hopA.sameAs(*hopB)
}

// toldCaller is the innermost function of the extension's own, nil where there is no debug
// information for it.
func toldCaller(v *Violation) *hop {
	own := OwnFrame(v.NativeStack)
	if own < 0 || v.NativeStack[own].File == nil && !v.NativeStack[own].Inlined {
		return nil
	}
	return hopOf(v.NativeStack[own])
}

// oneWay tells whether one of both goes through all that the other does.
func oneWay(a, b []hop) bool { return among(a, b) || among(b, a) }

// tellsInlined tells whether there is debug information for the extension's frames.
func tellsInlined(v *Violation) bool {
	return slices.ContainsFunc(counted(v.NativeStack, math.MaxInt), func(f Frame) bool { return f.Inlined || f.File != nil })
}

// among tells whether some, which are not none, are among all in their order.
func among(some, all []hop) bool {
	rest := some
	for _, h := range all {
		if len(rest) > 0 && rest[0].sameAs(h) {
			rest = rest[1:]
		}
	}
	return len(some) > 0 && len(rest) == 0
}
