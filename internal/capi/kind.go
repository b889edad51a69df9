package capi

// Kind says why a function may, or may not, be called without an attached thread state.
type Kind string

// The kinds, as they stand in the kind column of rules.tsv. A function without a row
// is KindWatched.
const (
	// KindWatched needs an attached thread state and has no rule of its own.
	KindWatched Kind = "watched"
	// KindExempt may be called detached: by its documentation or by what it does.
	KindExempt Kind = "exempt"
	// KindAcquires attaches a thread state itself.
	KindAcquires Kind = "acquires"
	// KindOwnRule is legal or not by the circumstances that Legal names.
	KindOwnRule Kind = "requires-own-rule"
	// KindPure touches no Python state.
	KindPure Kind = "pure"
	// KindBenign formally needs a thread state, but only reads what cannot change.
	KindBenign Kind = "benign"
	// KindSuccessPath only reads as long as it succeeds; its error path needs a thread
	// state.
	KindSuccessPath Kind = "success-path"
)

// Legal says when a call without an attached thread state is legal. Its values are
// those of enum gw_legal in shim/rules.h.
type Legal string

// The values of Legal, as they stand in the legal column of rules.tsv.
const (
	// LegalNever makes every detached call a violation.
	LegalNever Legal = "never"
	// LegalAlways needs no gate, unless the function has an event.
	LegalAlways Legal = "always"
	// LegalBeforeInit holds before Py_Initialize and after finalization.
	LegalBeforeInit Legal = "before-init"
	// LegalAfterSwap holds in a thread that did PyThreadState_Swap(NULL) or ended an
	// interpreter.
	LegalAfterSwap Legal = "after-swap"
)

// Event says what a call changes in its thread's relation to the GIL. Its values are
// those of enum gw_event in shim/rules.h; the empty string is no event.
type Event string

// The values of Event, as they stand in the event column of events.tsv.
const (
	EventNone           Event = ""                // changes nothing
	EventSave           Event = "save"            // gives the GIL up
	EventRelease        Event = "release"         // gives it up, for the state given
	EventRestore        Event = "restore"         // attaches the state given
	EventEnsure         Event = "ensure"          // attaches this thread's own state
	EventEnsureRelease  Event = "ensure-release"  // undoes ensure, may delete the state
	EventSwap           Event = "swap"            // replaces the current state
	EventNewInterpreter Event = "new-interpreter" // attaches a new state
	EventEndInterpreter Event = "end-interpreter" // none attached afterwards
	EventDeleteCurrent  Event = "delete-current"  // gives up and deletes
	EventReleaseLock    Event = "release-lock"    // drops the GIL, the state stays current
	EventInitialize     Event = "initialize"      // attaches the first state
	EventFinalize       Event = "finalize"        // none attached afterwards
	EventAllocators     Event = "allocators"      // looks at the memory allocators, or sets them
	EventDelete         Event = "delete"          // deletes a state that is not attached
)

// legalOf lists the values of Legal that a row of each kind may have.
var legalOf = map[Kind][]Legal{
	KindExempt:      {LegalAlways},
	KindAcquires:    {LegalAlways},
	KindOwnRule:     {LegalNever, LegalAlways, LegalBeforeInit, LegalAfterSwap},
	KindPure:        {LegalAlways},
	KindBenign:      {LegalNever},
	KindSuccessPath: {LegalNever},
}

// eventText holds every event but EventNone, in words that follow "a call of it".
var eventText = map[Event]string{
	EventSave:           "gives the GIL up",
	EventRelease:        "gives the GIL up",
	EventRestore:        "attaches the thread state given",
	EventEnsure:         "attaches this thread's own thread state",
	EventEnsureRelease:  "undoes an attach, and may delete the thread state",
	EventSwap:           "replaces the current thread state",
	EventNewInterpreter: "attaches a new thread state",
	EventEndInterpreter: "leaves no thread state attached",
	EventDeleteCurrent:  "gives the GIL up and deletes the thread state",
	EventReleaseLock:    "drops the GIL, though the thread state stays current",
	EventInitialize:     "attaches the first thread state",
	EventFinalize:       "leaves no thread state attached",
	EventAllocators:     "looks at the memory allocators, or sets them",
	EventDelete:         "deletes a thread state that is not attached",
}
