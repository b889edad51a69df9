package journal

// Action is what a process does at a violation, once it is recorded.
type Action uint32

// The actions, as `--on-violation` names them.
const (
	Report  Action = actionReport
	Acquire Action = actionAcquire // the call is made with the GIL held
	Stop    Action = actionStop    // the process stops before the call
	Abort   Action = actionAbort   // it gets SIGABRT before the call
)

// declinedWords says why an action was not taken, in words that follow "because".
var declinedWords = map[uint32]string{
	declinedBusy:       "the GIL was not to be had in time: its holder may wait for this thread",
	declinedKind:       "there is no interpreter to attach to",
	declinedFunction:   "the function switches or deletes thread states itself",
	declinedHandler:    "the call is made in a signal handler",
	declinedFinalizing: "the interpreter is being finalized",
	declinedVfork:      "the call is made in a child of vfork",
	declinedElsewhere:  "the thread's state is attached in another thread",
	declinedFull:       "too many such calls are under way",
	declinedCPU:        "the CPU keeps a second stack of return addresses",
	declinedDeleted:    "another thread has deleted the thread's state",
	declinedMacro:      "a macro is no call that the GIL could be held for",
}
