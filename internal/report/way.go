package report

// hop is a function that a violation went through.
type hop struct {
	name    string // see stableName
	inlined bool
}

// hopOf is nil for a frame whose function's name is a guess, or not known.
func hopOf(f Frame) *hop {
	if f.Function == nil || f.Nearest {
		return nil
	}
	return &hop{stableName(*f.Function), f.Inlined}
}

// sameAs compares an inlined function, which debug information names, with one that a symbol
// names by what both say of it.
func (h hop) sameAs(other hop) bool {
	if h.inlined != other.inlined {
		return plainName(h.name) == plainName(other.name)
	}
	return h.name == other.name
}

// way is the functions that led to the call, innermost first, inlined ones too, up to the
// interpreter's and to that number of physical frames. Those without a certain name are left
// out.
func way(v *Violation, physical int) []hop {
	return hops(v, physical, func(Frame) bool { return true })
}

// ownWay is way without the frames of frameworks.
func ownWay(v *Violation, physical int) []hop {
	return hops(v, physical, func(f Frame) bool { return OriginOf(f) == Own })
}

func hops(v *Violation, physical int, counts func(Frame) bool) []hop {
	var all []hop
	for _, f := range v.NativeStack {
		if f.Interpreter || physical == 0 {
			break
		}
		if h := hopOf(f); h != nil && counts(f) {
			all = append(all, *h)
		}
		if !f.Inlined {
			physical--
		}
	}
	return all
}
