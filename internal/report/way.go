package report

import "path"

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
	for _, f := range counted(v.NativeStack, physical) {
		if h := hopOf(f); h != nil && counts(f) {
			all = append(all, *h)
		}
	}
	return all
}

// counted is the frames that a bug is known again by: up to the interpreter's and to that
// number of physical ones, without those of the C library's and C++'s own files. Which of
// their functions a thread passes on its way is the matter of the machine's version of them
// (start_thread and clone3, or clone, in libpthread or libc), and mostly only their debug
// symbols have the names.
func counted(frames []Frame, physical int) []Frame {
	var all []Frame
	for _, f := range frames {
		if f.Interpreter || physical == 0 {
			break
		}
		if f.Module != nil && ofRuntime(*f.Module) {
			continue
		}
		all = append(all, f)
		if !f.Inlined {
			physical--
		}
	}
	return all
}

// ofRuntime goes by the module alone: functions of these names may be an extension's own.
func ofRuntime(module string) bool {
	name := path.Base(module)
	return startsWithAny(name, libcModules) || startsWithAny(name, stdModules)
}
