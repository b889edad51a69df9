package report

import "slices"

// known finds a violation of an older report again.
//
// Mostly by its id. A rebuild with other flags may inline what was a call before, or the
// other way round, and an id knows of physical frames alone: names of inlined functions are
// there only with debug information. So two violations of the same function in the same
// module are the same bug too when the functions that one of them went through are all, in
// this order, among those of the other, inlined ones included. Where debug information tells
// all of them on one side, it must be so for that side.
type known struct {
	byID    map[string]*Violation
	byPlace map[bugPlace][]*Violation
}

// bugPlace is what two violations of the same bug have in common in any case.
type bugPlace struct{ kind, function, module string }

func newKnown(violations []Violation) known {
	k := known{map[string]*Violation{}, map[bugPlace][]*Violation{}}
	for i := range violations {
		v := &violations[i]
		k.byID[v.ID] = v
		place := bugPlaceOf(v)
		k.byPlace[place] = append(k.byPlace[place], v)
	}
	return k
}

// find returns the same bug in the older report, nil when it is new.
func (k known) find(v *Violation) *Violation {
	if old := k.byID[v.ID]; old != nil {
		return old
	}
	for _, old := range k.byPlace[bugPlaceOf(v)] {
		if sameBug(v, old) {
			return old
		}
	}
	return nil
}

func bugPlaceOf(v *Violation) bugPlace {
	p := bugPlace{kind: v.Kind, function: v.Function}
	if f := Caller(v); f != nil && f.Module != nil {
		p.module = ModuleName(*f.Module)
	}
	return p
}

func sameBug(a, b *Violation) bool {
	aInB, bInA := sameWay(a, b), sameWay(b, a)
	return (aInB || bInA) && (aInB || !tellsInlined(b)) && (bInA || !tellsInlined(a))
}

// tellsInlined tells whether there is debug information for the extension's frames.
func tellsInlined(v *Violation) bool {
	return slices.ContainsFunc(v.NativeStack, func(f Frame) bool { return !f.Interpreter && (f.Inlined || f.File != nil) })
}

// sameWay tells whether the physical frames of a, as far as an id counts them, are among all
// frames of b in this order.
func sameWay(a, b *Violation) bool {
	physical, all := way(a, false), way(b, true)
	if len(physical) == 0 || a.TailCall != b.TailCall {
		return false
	}
	for _, name := range all {
		if len(physical) > 0 && physical[0] == name {
			physical = physical[1:]
		}
	}
	return len(physical) == 0
}

// way is the names of the functions that led to the call, innermost first, up to the
// interpreter's. Names that are guesses, or not known, are left out.
func way(v *Violation, inlined bool) []string {
	var names []string
	n := 0
	for _, f := range v.NativeStack {
		if f.Interpreter || !inlined && n == idFrames {
			break
		}
		if f.Inlined && !inlined {
			continue
		}
		n++
		if f.Function != nil && !f.Nearest {
			names = append(names, stableName(*f.Function))
		}
	}
	return names
}
