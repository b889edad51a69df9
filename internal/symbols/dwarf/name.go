package dwarf

import "strings"

const (
	maxHops   = 16  // from an inlined call to what declares its function
	maxScopes = 256 // that a name is nested in
)

// text returns the string that a value is or refers to.
func (u *unit) text(v value) string {
	s := &u.data.sections
	switch v.form {
	case formString:
		return u.data.stringAt(s.Info, v.n)
	case formStrp:
		return u.data.stringAt(s.Str, v.n)
	case formLineStrp:
		return u.data.stringAt(s.LineStr, v.n)
	case formStrpSup, formGNUStrpAlt:
		if sup := u.data.sup; sup != nil {
			return sup.stringAt(sup.sections.Str, v.n)
		}
	case formStrx, formStrx1, formStrx2, formStrx3, formStrx4, formGNUStrIndex:
		base := u.strOffsetsBase
		if u.version < 5 {
			base = 0
		}
		if at, ok := u.indexed(s.StrOffsets, base, v.n, int(u.offsetSize)); ok {
			return u.data.stringAt(s.Str, at)
		}
	}
	return ""
}

// functionName returns the mangled name of e's function, or else its name with its
// scopes. An inlined call and a function that was inlined elsewhere refer to an
// abstract instance (section 3.3.8), a method's definition to its declaration.
func (u *unit) functionName(e *entry) (linkage, name string) {
	at, by := u, *e
	for range maxHops {
		if by.linkage.present() {
			if linkage = at.text(by.linkage); linkage != "" {
				return linkage, ""
			}
		}
		var ok bool
		if at, by, ok = at.follow(&by); !ok {
			break
		}
	}
	return "", u.plainName(e, 0)
}

// plainName returns the name of e's function with its scopes. nested counts the
// functions that it is local to.
func (u *unit) plainName(e *entry, nested int) string {
	at, by := u, *e
	for range maxHops {
		if by.name.present() {
			name := at.text(by.name)
			if name == "" || !mangles(at.language.n) {
				return name
			}
			return at.scope(by.at, isClosureCall(name), nested) + name
		}
		var ok bool
		if at, by, ok = at.follow(&by); !ok {
			break
		}
	}
	return ""
}

// isClosureCall reports whether a function of a class without a name is that of a
// lambda: its call operator, or what GCC makes of one without captures.
func isClosureCall(name string) bool { return strings.HasPrefix(name, "operator()") || name == "_FUN" }

// follow returns the entry that e refers to for what it does not say itself.
func (u *unit) follow(e *entry) (*unit, entry, bool) {
	v := e.origin
	if !v.present() {
		v = e.specification
	}
	sup, at, ok := u.reference(v)
	if !ok {
		return nil, entry{}, false
	}
	data := u.data
	if sup {
		if data = data.sup; data == nil {
			return nil, entry{}, false
		}
	}
	target := u
	if sup || at < u.at || at >= u.end {
		var err error
		if target, err = data.unitAt(at); err != nil {
			return nil, entry{}, false
		}
	}
	found, err := target.entryAt(at)
	return target, found, err == nil
}

// scope returns what qualifies the entry at an offset, "a::b::" for one in namespace
// b of a. Nothing tells an entry's parent: the unit is read up to it. A class without
// a name is a closure's when closure is true.
func (u *unit) scope(at int64, closure bool, nested int) string {
	var b strings.Builder
	for _, parent := range u.parents(at) {
		e, err := u.entryAt(parent)
		if err != nil {
			return b.String()
		}
		switch e.shape.tag {
		case tagNamespace, tagModule, tagClass, tagStructure, tagUnion, tagEnumeration, tagInterface:
			name := u.text(e.name)
			if name == "" && e.shape.tag == tagNamespace {
				name = "(anonymous namespace)"
			}
			if name == "" && closure {
				name = "{lambda}"
			}
			if name == "" { // or one that is declared elsewhere
				name = "(anonymous)"
			}
			b.WriteString(name + "::")
		case tagSubprogram, tagInlinedSubroutine:
			if nested >= maxHops {
				return ""
			}
			b.Reset() // its scopes are in its name
			b.WriteString(u.plainName(&e, nested+1) + "::")
		}
		if b.Len() > maxString {
			return ""
		}
	}
	return b.String()
}

// parents returns the offsets of the entries that the one at an offset is nested in,
// outermost first, without the unit's root.
func (u *unit) parents(at int64) []int64 {
	var stack []int64
	c := u.data.cursor(u.data.sections.Info, u.entries, min(u.end, at), 16*nearWindow)
	for c.more() {
		entryAt := c.at()
		shape := u.next(c)
		switch {
		case shape == nil:
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		case !shape.children:
			u.skip(c, shape)
		default:
			e := u.attributes(c, entryAt, shape)
			if to, ok := u.siblingOf(&e); ok && to <= at && entryAt != u.entries {
				c.seek(to)
				continue
			}
			if len(stack) >= maxScopes {
				return nil
			}
			stack = append(stack, entryAt)
		}
	}
	if len(stack) == 0 || c.err != nil {
		return nil
	}
	return stack[1:]
}
