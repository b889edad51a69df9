package dwarf

import "slices"

const (
	// maxFunctions is how many ranges of functions one unit may have, 24 bytes each.
	maxFunctions = 1 << 20
	// maxInlined is how deep inlined calls may nest.
	maxInlined = 512
)

// function is a range of a function's code.
type function struct {
	low, high uint64
	at        int64 // offset of its entry
}

// function returns the offset of the innermost function's entry that covers addr.
// One that is nested in another (GNU C, Fortran) is the later one.
//
// Functions with code stand at the top of the unit or in namespaces, so at first only
// those are read. Where that finds none, functions in types and in functions are read
// as well.
func (u *unit) function(addr uint64) (at int64, ok bool) {
	for _, depth := range []functionDepth{topFunctions, allFunctions} {
		if u.functionsRead < depth {
			u.functionsRead = depth
			u.readFunctions(depth)
			u.data.cache.grown(u)
		}
		for _, f := range u.functions {
			if addr >= f.low && addr < f.high && f.at > at {
				at, ok = f.at, true
			}
		}
		if ok {
			break
		}
	}
	return at, ok
}

// functionDepth is how much of a unit was read for functions.
type functionDepth uint8

const (
	noFunctions functionDepth = iota
	topFunctions
	allFunctions
)

// readFunctions goes through the unit's entries for those of functions with code. Up
// to topFunctions it skips what is in anything but a namespace, if the compiler says
// where that ends: GCC does, LLVM does not. What was found before an error counts.
func (u *unit) readFunctions(depth functionDepth) {
	u.functions = u.functions[:0]
	c := u.data.cursor(u.data.sections.Info, u.entries, u.end, farWindow)
	for c.more() {
		at := c.at()
		shape := u.next(c)
		if shape == nil {
			continue
		}
		isFunction := shape.tag == tagSubprogram && shape.code
		skips := depth == topFunctions && shape.children && shape.sibling && shape.tag != tagNamespace && at != u.entries
		if !isFunction && !skips {
			u.skip(c, shape)
			continue
		}
		e := u.attributes(c, at, shape)
		if isFunction && !u.addFunction(&e) {
			break
		}
		if to, ok := u.siblingOf(&e); ok && skips {
			c.seek(to)
		}
	}
	u.functions = slices.Clip(u.functions)
}

// addFunction adds the ranges of a function; false says that there are too many.
func (u *unit) addFunction(e *entry) bool {
	u.eachRange(e, func(low, high uint64) bool {
		if low != 0 && low < high {
			u.functions = append(u.functions, function{low, high, e.at})
		}
		return len(u.functions) < maxFunctions
	})
	return len(u.functions) < maxFunctions
}

// chain returns the function whose entry is at an offset and the calls inlined in it
// at addr, outermost first.
func (u *unit) chain(at int64, addr uint64) ([]entry, error) {
	c := u.data.cursor(u.data.sections.Info, at, u.end, 16*nearWindow)
	shape := u.next(c)
	if shape == nil {
		return nil, c.err
	}
	chain := []entry{u.attributes(c, at, shape)}
	if !shape.children {
		return chain, c.err
	}
	// Nothing behind the subtree of the last entry of the chain can be inlined in
	// it: ends is the depth at which that subtree is over.
	for depth, ends := 1, 0; depth > ends && len(chain) < maxInlined && c.err == nil; {
		at := c.at()
		shape := u.next(c)
		switch {
		case shape == nil:
			depth--
			continue
		case shape.tag == tagSubprogram, shape.tag == tagInlinedSubroutine:
			e := u.attributes(c, at, shape)
			if shape.tag == tagInlinedSubroutine && u.covers(&e, addr) {
				chain = append(chain, e)
				ends = depth
				break
			}
			if shape.children {
				u.skipChildren(c, &e)
			}
			continue
		default:
			u.skip(c, shape)
		}
		if shape.children {
			depth++
		}
	}
	return chain, c.err
}

// callSite returns where e was called from, when e is an inlined call.
func (u *unit) callSite(e *entry) (file string, line, column int) {
	if e.shape.tag != tagInlinedSubroutine {
		return "", 0, 0
	}
	line, column = e.callLine.number(), e.callCol.number()
	u.readLines()
	if e.callFile.present() {
		file = u.fileName(uint64(e.callFile.number()))
	}
	return file, line, column
}
