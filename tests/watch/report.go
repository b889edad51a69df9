package watch

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Schema is the report schema that the tests read.
const Schema = "gilwatch.report/1"

// Report is the part of a JSON report that the tests look at. It is declared here, and
// not taken from the product, so that a renamed field is a failed test.
type Report struct {
	Schema     string
	Run        Outcome
	Processes  []Process
	Modules    []Module
	Violations []Violation
	Summary    Summary
}

// Outcome is how the command ended; one of the two is null.
type Outcome struct {
	ExitCode *int `json:"exit_code"`
	Signal   any
}

// Process is one process of the run.
type Process struct {
	PID              int
	PPID             int
	Exe              string
	Argv             []string
	Python           *string
	Build            *string
	Watched          bool
	Reason           *string
	ModulesWatched   int `json:"modules_watched"`
	FunctionsWatched int `json:"functions_watched"`
	Ended            *string
	ExitCode         *int `json:"exit_code"`
	Running          bool
	Gaps             []string
}

// Module is one object file that was under watch.
type Module struct {
	Module string
	Slots  int
}

// Violation is one folded violation.
type Violation struct {
	ID              string
	Kind            string
	Severity        string
	Function        string
	Count           int
	PID             int
	TID             int
	Processes       []int
	NativeStack     []Frame       `json:"native_stack"`
	ReleasedAt      []Frame       `json:"released_at"`
	ReleasedBy      *string       `json:"released_by"`
	GILHolder       *GILHolder    `json:"gil_holder"`
	ThreadStartedAt []Frame       `json:"thread_started_at"`
	PythonStack     []PythonFrame `json:"python_stack"`
	PythonTruncated bool          `json:"python_truncated"`
	Tests           []string
	Outlived        []Outlived
	TailCall        bool     `json:"tail_call"`
	AlsoAt          []string `json:"also_at"`
	Fatal           bool
	Sensor          string
	Hint            *string
	Source          []SourceLine
	Acted           *Acted
}

// Acted is what --on-violation did.
type Acted struct {
	Action          string
	Count, Declined int
	Reason          *string
}

// Outlived is a test whose threads violated after its end.
type Outlived struct {
	Test   string
	During []string
}

// Frame is a native frame; what is not known is null.
type Frame struct {
	Function *string
	Module   *string
	File     *string
	Line     *int
	Offset   *uint64 // in the module's file, as it is linked
	Inlined  bool
	Reason   *string // why not all is known
}

// String is the frame as `function (module)`.
func (f Frame) String() string {
	name := func(s *string) string {
		if s == nil {
			return "?"
		}
		return *s
	}
	return fmt.Sprintf("%s (%s)", name(f.Function), name(f.Module))
}

// Source is the frame's source file; "?" is not known.
func (f Frame) Source() string {
	if f.File == nil {
		return "?"
	}
	return *f.File
}

// Because is why not all is known; "" is nothing missing.
func (f Frame) Because() string {
	if f.Reason == nil {
		return ""
	}
	return *f.Reason
}

// In says whether the frame's code lies in the module with that file name.
func (f Frame) In(module string) bool {
	return f.Module != nil && filepath.Base(*f.Module) == module
}

// SourceLine is a line around the extension's innermost frame, marked if it is the frame's own.
type SourceLine struct {
	Line int
	Text string
	Mark bool
}

// Marked is the marked line of source, without what it is indented by; "" is none.
func (v Violation) Marked() string {
	for _, l := range v.Source {
		if l.Mark {
			return strings.TrimLeft(l.Text, " ")
		}
	}
	return ""
}

// GILHolder is who held the GIL before the call; null when that is not known.
type GILHolder struct {
	Held       bool
	TID        *int
	ThreadName *string `json:"thread_name"`
}

// String is the holder in short: "nobody", "somebody", or its name and thread id.
func (h *GILHolder) String() string {
	switch {
	case h == nil:
		return "not known"
	case !h.Held:
		return "nobody"
	case h.TID == nil || h.ThreadName == nil:
		return "somebody"
	default:
		return fmt.Sprintf("%s %d", *h.ThreadName, *h.TID)
	}
}

// PythonFrame is a frame of Python code.
type PythonFrame struct {
	Function string
	File     string
	Line     int
}

// Summary counts.
type Summary struct {
	Violations         int
	Errors             int
	Warnings           int
	Notes              int
	Occurrences        int
	ProcessesWatched   int `json:"processes_watched"`
	ProcessesUnwatched int `json:"processes_unwatched"`
	ModulesWatched     int `json:"modules_watched"`
	Lost               int
}

// ReadReport decodes the report at path. The error is os.ErrNotExist if there is none.
func ReadReport(path string) (*Report, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	report := new(Report)
	if err := json.Unmarshal(data, report); err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	if report.Schema != Schema {
		return nil, fmt.Errorf("%s: schema %q, want %q", path, report.Schema, Schema)
	}
	return report, nil
}
