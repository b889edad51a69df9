package report

import (
	"cmp"
	"time"
)

// The values of Violation.Kind.
const (
	KindGILNotHeld      = "gil-not-held"
	KindBeforeInit      = "before-init"
	KindAfterFinalize   = "after-finalize"
	KindNotAttachedHere = "not-attached-here" // attached, but to another thread's or a deleted state
)

// The values of Violation.Severity.
const (
	SeverityError   = "error"
	SeverityWarning = "warning"
	SeverityNote    = "note"
)

// The values of Violation.Sensor.
const (
	SensorCalls  = "calls"
	SensorAlloc  = "alloc"
	SensorUprobe = "uprobe"
)

// Violation is one bug: calls of one C-API function from one place without an
// attached thread state, however often they happened.
type Violation struct {
	ID       string `json:"id"` // see ID
	Kind     string `json:"kind"`
	Severity string `json:"severity"`
	Function string `json:"function"`
	// Count is the number of calls, in all Processes.
	Count     uint64     `json:"count"`
	FirstSeen *time.Time `json:"first_seen"`
	LastSeen  *time.Time `json:"last_seen"`
	// PID, TID and ThreadName are those of the call whose stacks are shown.
	PID        int      `json:"pid"`
	TID        int      `json:"tid"`
	ThreadName *string  `json:"thread_name"`
	Processes  []int    `json:"processes"`
	Tests      []string `json:"tests"`
	// Outlived are those of Tests whose threads went on after them. It extends the schema.
	Outlived []Outlived `json:"outlived"`
	// Pythons are the versions that it was seen on. They extend the schema.
	Pythons []string `json:"pythons"`
	// NativeStack is innermost first. Its first frame is where the C-API function
	// returns to: its caller, unless TailCall.
	NativeStack []Frame `json:"native_stack"`
	// ReleasedAt is where this thread last gave its thread state up, nil when that
	// is not known, it never had one (see NeverAttached) or the interpreter itself did
	// (see ReleasedInside); ThreadStartedAt is where it was created.
	ReleasedAt []Frame `json:"released_at"`
	// ReleasedBy is the C-API function that it called there, nil when that is not known. It
	// extends the schema.
	ReleasedBy      *string `json:"released_by"`
	ThreadStartedAt []Frame `json:"thread_started_at"`
	// GILHolder is who held the GIL while this thread waited before the call, nil when that
	// is not known. It extends the schema.
	GILHolder   *GILHolder    `json:"gil_holder"`
	PythonStack []PythonFrame `json:"python_stack"` // innermost first
	// PythonTruncated says that there were more Python frames, which were not read. It extends
	// the schema and is left out when it is false.
	PythonTruncated bool `json:"python_truncated,omitempty"`
	TailCall        bool `json:"tail_call"`
	// AlsoAt are the other lines of the same function, as "file.c:12", that made this call.
	// It extends the schema.
	AlsoAt []string `json:"also_at,omitempty"`
	// Fatal says that the process died by a signal in this call.
	Fatal  bool         `json:"fatal"`
	Hint   *string      `json:"hint"`
	Source []SourceLine `json:"source"`
	Known  bool         `json:"known"` // stands in the baseline
	Sensor string       `json:"sensor"`
	// Acted says what was done at the violation besides recording it; nil is nothing.
	Acted *Acted `json:"acted"`

	ran ran // empty unless Merge set it
}

// The values of Acted.Action.
const (
	ActionAcquire = "acquire" // the call was made with the GIL held
	ActionStop    = "stop"    // the process stopped before the call
	ActionAbort   = "abort"   // the process got SIGABRT before the call
)

// Acted is what `--on-violation` did.
type Acted struct {
	Action   string  `json:"action"`
	Count    uint64  `json:"count"`    // calls at which it was done
	Declined uint64  `json:"declined"` // calls at which it was not
	Reason   *string `json:"reason"`   // why not, in words
}

// merge adds what was done at the same violation elsewhere.
func (a *Acted) merge(other *Acted) *Acted {
	if a == nil || other == nil || a.Action != other.Action {
		return cmp.Or(a, other)
	}
	return &Acted{a.Action, addCounts(a.Count, other.Count), addCounts(a.Declined, other.Declined), cmp.Or(a.Reason, other.Reason)}
}

// GILHolder is who held the GIL at a moment.
type GILHolder struct {
	// Held is false when nobody did.
	Held bool `json:"held"`
	// TID is the thread that did, nil when it is not known which; ThreadName is its name.
	TID        *int    `json:"tid"`
	ThreadName *string `json:"thread_name"`
}

// severityRank orders severities, the gravest lowest. An unknown one is the gravest:
// nothing is hidden because it is not understood.
func severityRank(severity string) int {
	switch severity {
	case SeverityWarning:
		return 1
	case SeverityNote:
		return 2
	default:
		return 0
	}
}
