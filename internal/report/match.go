package report

import "slices"

// match finds violations of an older report again in a newer one: it returns, for each newer
// one, the same bug among the older ones, nil when it is new.
//
// Mostly by the id. A rebuild with other flags may inline what was a call before, or the
// other way round, and an id knows of physical frames alone: names of inlined functions are
// there only with debug information. So the ways that led to two violations of the same
// function in the same module are compared as well (see sameBug), first of those that the same
// function made. An older one that was found again is not looked for any more: a bug that still
// stands there did not become another one. Nor did one whose id stands beside the other's
// anywhere (see apart).
func match(older, newer []Violation, apart func(a, b string) bool) []*Violation {
	found, again := make([]*Violation, len(newer)), map[*Violation]bool{}
	for _, pass := range []struct {
		key  func(*Violation) any // equal for all that may be the same
		same func(v, old *Violation) bool
	}{
		{func(v *Violation) any { return v.ID }, func(v, old *Violation) bool { return !otherWay(v, old) }},
		{bugPlaceOf, func(v, old *Violation) bool { return sameCaller(v, old) && sameBug(v, old) && !apart(v.ID, old.ID) }},
		{bugPlaceOf, func(v, old *Violation) bool { return sameBug(v, old) && !apart(v.ID, old.ID) }},
	} {
		left := map[any][]*Violation{}
		for i := range older {
			if old := &older[i]; !again[old] {
				left[pass.key(old)] = append(left[pass.key(old)], old)
			}
		}
		for i := range newer {
			if found[i] != nil {
				continue
			}
			v := &newer[i]
			candidates := left[pass.key(v)]
			if same := slices.IndexFunc(candidates, func(old *Violation) bool { return pass.same(v, old) }); same >= 0 {
				found[i] = candidates[same]
				again[found[i]] = true
			}
		}
	}
	return found
}

// bugPlace is what two violations of the same bug have in common in any case.
type bugPlace struct{ kind, function, module string }

func bugPlaceOf(v *Violation) any {
	p := bugPlace{kind: v.Kind, function: v.Function}
	if f := Caller(v); f != nil && f.Module != nil {
		p.module = ModuleName(*f.Module)
	}
	return p
}

// nowhere is for two reports, of which match itself sees which ids stand beside each other.
func nowhere(_, _ string) bool { return false }

// reportsOf are the numbers of the reports that an id stands in, in their order.
type reportsOf map[string][]int

func newReportsOf(reports []*Report) reportsOf {
	of := reportsOf{}
	for i, r := range reports {
		for _, v := range r.Violations {
			of[v.ID] = append(of[v.ID], i)
		}
	}
	return of
}

// apart tells whether one report has both ids: a build that made both calls.
func (of reportsOf) apart(a, b string) bool {
	return slices.ContainsFunc(of[a], func(i int) bool {
		_, both := slices.BinarySearch(of[b], i)
		return both
	})
}
