package report

import "slices"

// entry is what the text report shows as one: violations of the same function from the same
// line of the extension, whoever called that. The first one's stacks are shown in full.
type entry struct {
	Violation             // the first, with what all add up to
	others    []Violation // the rest
}

// grouped makes entries of sorted violations, in the same order. What cannot be placed is an
// entry of its own.
func grouped(violations []Violation) []entry {
	var entries []entry
	index := map[groupKey]int{}
	for _, v := range violations {
		key, known := keyOf(&v)
		i, seen := index[key]
		if !known || !seen {
			if known {
				index[key] = len(entries)
			}
			v.ran.in = slices.Clip(v.ran.in) // the report's own stay as they are
			entries = append(entries, entry{Violation: v})
			continue
		}
		e := &entries[i]
		e.others = append(e.others, v)
		merge(&e.Violation, v)
	}
	return entries
}

type groupKey struct {
	kind, function        string
	caller, module, place string
}

// keyOf is what the violations of an entry have in common, and whether that is known.
func keyOf(v *Violation) (groupKey, bool) {
	own := OwnFrame(v.NativeStack)
	if own < 0 || v.TailCall {
		return groupKey{}, false
	}
	f := v.NativeStack[own]
	if f.Function == nil || f.Nearest || f.Module == nil {
		return groupKey{}, false
	}
	return groupKey{v.Kind, v.Function, f.Name(), ModuleName(*f.Module), f.Place()}, true
}

// parting is the frame at which a stack leaves another that begins with the same own frame:
// the next one further out that differs, or one on the way in.
func parting(v, from *Violation) *Frame {
	own, other := OwnFrame(v.NativeStack), OwnFrame(from.NativeStack)
	for i := 1; own+i < len(v.NativeStack); i++ {
		f := &v.NativeStack[own+i]
		if other+i >= len(from.NativeStack) || !looksLike(*f, from.NativeStack[other+i]) {
			return f
		}
	}
	for i := 1; i <= own; i++ {
		f := &v.NativeStack[own-i]
		if i > other || !looksLike(*f, from.NativeStack[other-i]) {
			return f
		}
	}
	return &v.NativeStack[own]
}

// looksLike tells whether a reader can't tell the frames apart.
func looksLike(a, b Frame) bool { return a.Name() == b.Name() && a.Place() == b.Place() }
