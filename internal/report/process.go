package report

import (
	"slices"
	"time"
)

// The values of Process.Build.
const (
	BuildShared = "shared" // the C API lies in libpython
	BuildStatic = "static" // the C API lies in the executable
)

// The values of Process.Backend.
const (
	BackendShim   = "shim"
	BackendUprobe = "uprobe"
)

// Process is one process of the session, watched or not.
type Process struct {
	PID          int      `json:"pid"`
	PPID         *int     `json:"ppid"`
	Exe          *string  `json:"exe"`
	Argv         []string `json:"argv"`
	Python       *string  `json:"python"` // "3.12.1"
	Build        *string  `json:"build"`
	FreeThreaded *bool    `json:"free_threaded"`
	Backend      string   `json:"backend"`
	Watched      bool     `json:"watched"`
	// Reason says why the process was not watched; nil when it was.
	Reason *string `json:"reason"`
	// ModulesWatched counts the modules with gates in their slots, FunctionsWatched
	// the C-API functions that have a gate.
	ModulesWatched   int `json:"modules_watched"`
	FunctionsWatched int `json:"functions_watched"`
	// Sensors are those that looked on, of a watched process. They extend the schema and are
	// left out when they are not known, as in reports of early versions.
	Sensors []string `json:"sensors,omitempty"`
	// Gaps say what of a watched process was not covered. They extend the schema and are
	// left out when there are none.
	Gaps     []string   `json:"gaps,omitempty"`
	Started  *time.Time `json:"started"`
	Ended    *time.Time `json:"ended"`
	ExitCode *int       `json:"exit_code"`
	Signal   *int       `json:"signal"` // its number
	// Running says that the process was alive when the report was made: what it does
	// later is in no report.
	Running bool `json:"running"`
}

// countsCalls tells whether calls through modules were looked at, and not allocations alone.
func (p *Process) countsCalls() bool {
	return p.Watched && (len(p.Sensors) == 0 || slices.ContainsFunc(p.Sensors, func(s string) bool { return s != SensorAlloc }))
}
