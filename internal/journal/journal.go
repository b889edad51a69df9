// Package journal reads the journals that the shim writes in watched processes: the
// layout is shim/journal.h. A journal is foreign bytes: the process that wrote it may
// have died in the middle, or scribbled over it. Every size and offset is checked, and
// what cannot be read is left out and said.
package journal

import "time"

// State tells whether a process is watched.
type State int

// The states of a process.
const (
	Starting State = stateStarting
	Watching State = stateWatching
	Off      State = stateOff
)

// Build tells where the interpreter lies; "" is unknown.
type Build string

// The builds of CPython.
const (
	Shared Build = "shared" // a libpython
	Static Build = "static" // the executable itself
)

// Oracle is how a process's gates ask whether the calling thread is attached.
type Oracle string

// The oracles; see shim/oracle.h.
const (
	OracleGlobal Oracle = "global"
	OracleTLS    Oracle = "tls"
	OracleGetter Oracle = "getter"
)

// Journal is what one process wrote, as it stood when it was read.
type Journal struct {
	Serial           uint32
	Pid, Ppid        int32
	PidNamespace     uint32 // the pids are those of this namespace, an inode of nsfs; 0 not known
	Started          time.Time
	Ended            time.Time // zero unless the process ended by exit()
	State            State
	Reason           string // why it is not watched
	Python           string // "3.12.1"
	Build            Build
	FreeThreaded     bool
	Late             bool // the interpreter was loaded by the running program
	Oracle           Oracle
	Attached         int64 // offset of a thread's word, from its pointer, with the state it attached; 0 none
	InterpreterBias  uint64
	Runtime          uint64 // address of _PyRuntime; 0 not exported
	ModulesWatched   int
	FunctionsWatched int
	Slots            int    // GOT slots under watch
	SlotsForeign     int    // of watched functions, but found with another's address
	Lost             uint64 // occurrences that are in no violation below
	Untold           uint64 // occurrences in a test whose share is missing below
	Exe              string
	Argv             []string
	// Backend says who recorded it, in the report's words; "" is the shim. It and Gaps stand
	// in no file.
	Backend string
	Gaps    []string // what was not covered

	Modules    []Module
	Violations []Violation
	Marks      []Mark
	Children   []Child

	// Unfinished counts the entries that were claimed and not finished when the journal
	// was read.
	Unfinished int
	// Damage says what of the journal could not be read; "" is nothing.
	Damage string

	raw rawShares // while it is read
}

// OwnGivenUp is that word up to 3.11 in a thread that gave its state up through a gate.
const OwnGivenUp = ownGivenUp

// File tells one file from another, and from itself before it was written to.
type File struct {
	Device, Inode uint64
	Written       int64 // st_mtime, ns
}

// Module is an object that was loaded in the process.
type Module struct {
	Offset      uint64 // of its entry
	Unloaded    uint64 // offset of the entry that says it was unloaded; 0: still loaded
	Path        string
	BuildID     string // hex; "" has none
	Loaded      File   // what Path led to then; zero with a BuildID, or where nobody looked
	Bias        uint64
	Start, End  uint64
	Slots       int
	Interpreter bool
	File        string // where its file can be read if that is not Path; in no file
}

// Violation is one stack on which a C-API function was called without an attached
// thread state.
type Violation struct {
	Offset      uint64
	Kind        string // as in the report: "gil-not-held"
	Function    string
	Count       uint64
	First, Last time.Time
	Sequence    uint64
	Released    uint64 // return address of the call that gave the GIL up last; 0 unknown
	Current     uint64 // the current thread state as the oracle read it
	State       uint64 // the thread state that is this thread's own, attached or not; 0 none
	Self        uint64 // pthread_self()
	Pid, Tid    int32
	Thread      string
	Truncated   bool
	Frames      []uint64      // return addresses, innermost first
	Places      []uint64      // the addresses where they stood; nil unknown
	Releases    []ReleaseSite // what may explain, newest first: the first returned to Released
	Started     []uint64      // the same where the thread was created; nil unknown
	Gate        uint64        // address of the gate that was passed
	Regs        [17]uint64    // at the gate's entry, DWARF numbering
	Alloc       bool          // an allocator saw it, no gate
	Shares      []Share       // of the count, by test; what is in none was in no test
	TailCall    *bool         // known from the calling instruction; nil, in every file: not known
	Macro       bool          // Function is a macro that a module checks by itself
	Action      Action        // of the session
	Acted       uint64        // occurrences at which it was taken
	Declined    uint64        // occurrences at which it was not
	Why         string        // not, the last time, in words; "" unless Declined
}

// ReleaseSite is a call that gave the GIL up, as its gate saw it.
type ReleaseSite struct {
	SP    uint64 // where the first of Words stood
	RBP   uint64
	Words [releaseWords]uint64 // of the stack, from the return address outwards
}

// Word is the word that stood at an address; false if it was not kept.
func (r *ReleaseSite) Word(address uint64) (word uint64, ok bool) {
	i := (address - r.SP) / 8
	if (address-r.SP)%8 != 0 || i >= releaseWords {
		return 0, false
	}
	return r.Words[i], true
}

// Mark is the violating call that a thread made last.
type Mark struct {
	Tid      int32
	Open     bool // it was not seen to return
	Entry    uint64
	Sequence uint64
}

// Child is a program that was started in a way that it cannot be watched.
type Child struct {
	Pid    int32
	Ppid   int32 // 0 not known
	Path   string
	Reason string // "" takes back what was noted of the pid last: the kernel refused the program
}

// ModuleAt returns the module that contained the address when the entry at the offset
// was written, or nil.
func (j *Journal) ModuleAt(address, offset uint64) *Module {
	for i := len(j.Modules) - 1; i >= 0; i-- {
		m := &j.Modules[i]
		if address >= m.Start && address < m.End && (m.Unloaded == 0 || m.Unloaded > offset) {
			return m
		}
	}
	return nil
}
