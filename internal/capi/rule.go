// Package capi holds the rules of CPython's C API: which functions may be called without
// an attached thread state, when, and how we know. The rules stand in four tables:
//
//	rules.tsv     which functions are no plain violation when called detached
//	events.tsv    which functions attach, give up or delete a thread state
//	identity.tsv  which functions' addresses are compared
//	unacquired.tsv  for which functions no GIL is acquired
//
// A function that stands in none of them needs an attached thread state. The shim's
// table and docs/rules.md are generated from here.
package capi

//go:generate go run ./gen

import "strings"

// Rule is what holds for one function in a set of versions.
type Rule struct {
	Symbol   string
	Kind     Kind
	Legal    Legal
	Versions Versions
	// GILOnly rows hold for builds with a GIL; on a free-threaded build the function
	// needs an attached thread state like any other.
	GILOnly  bool
	Evidence string // source file and function, documentation, or measurement

	Event         Event
	EventEvidence string

	// Identity is set for a function whose address is compared: it is gated where it is
	// called through the PLT (R_*_JUMP_SLOT), not where its address is loaded.
	Identity bool
	// Never is set for a function that gets no gate at all.
	Never            bool
	IdentityEvidence string // what compares the address, and what breaks

	// Unacquired is set for a function that --on-violation acquire makes no exception
	// for: it would go wrong with the state attached that the thread gave up. Functions
	// with an event are left alone as well.
	Unacquired         bool
	UnacquiredEvidence string
}

// IsAPI tells whether a name is one of the C API's: it matches ^_?Py.
func IsAPI(name string) bool {
	return strings.HasPrefix(strings.TrimPrefix(name, "_"), "Py")
}

// Watched tells whether a gate is put before the function: a detached call of it can be
// a violation, or it changes the thread's state.
func (r Rule) Watched() bool {
	return IsAPI(r.Symbol) && !r.Never && (r.Legal != LegalAlways || r.Event != EventNone)
}

// Releases tells whether a call of the function leaves, or can leave, its thread detached.
func (r Rule) Releases() bool {
	switch r.Event {
	case EventSave, EventRelease, EventEnsureRelease, EventSwap, EventDeleteCurrent, EventEndInterpreter:
		return true
	default:
		return false
	}
}

// in gives the rule as it holds for builds of v.
func (r Rule) in(v Version) Rule {
	if r.GILOnly && v.FreeThreaded {
		r.Kind, r.Legal = KindWatched, LegalNever
	}
	return r
}
