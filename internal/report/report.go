// Package report is the model of a session's result, schema gilwatch.report/1, and
// its formats. One file holds one concept, and one file one format.
//
// What is not known is null in JSON and a nil pointer here, never a made-up value.
// A list that the schema does not allow to be null is written as [] when it is nil.
package report

import "time"

// Schema is the value of the field "schema". It changes when a field's meaning does.
const Schema = "gilwatch.report/1"

// Report is everything a session has to say.
type Report struct {
	Schema     string       `json:"schema"`
	Tool       Tool         `json:"tool"`
	Run        Run          `json:"run"`
	Processes  []Process    `json:"processes"`
	Modules    []Module     `json:"modules"`
	Violations []Violation  `json:"violations"`
	Suppressed []Suppressed `json:"suppressed"`
	Summary    Summary      `json:"summary"`
}

// Tool names the program that wrote the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Run is the command that was watched.
type Run struct {
	Command  []string   `json:"command"`
	Cwd      *string    `json:"cwd"`
	Host     *string    `json:"host"`
	Started  *time.Time `json:"started"`
	Finished *time.Time `json:"finished"`
	// ExitCode is the command's status, Signal the number of the signal it died by.
	// One of them is nil; both are when the end was not seen.
	ExitCode *int `json:"exit_code"`
	Signal   *int `json:"signal"`
}

// Suppressed is a suppression rule and the number of calls it kept out of the report.
type Suppressed struct {
	Rule  string `json:"rule"`
	Count uint64 `json:"count"`
}

// New returns a report of this schema by the named tool version, with nothing in it.
func New(version string) *Report {
	return &Report{Schema: Schema, Tool: Tool{Name: "gilwatch", Version: version}}
}

// fillLists replaces nil by empty lists where the schema has no null.
func (r *Report) fillLists() {
	r.Run.Command = orEmpty(r.Run.Command)
	r.Processes = orEmpty(r.Processes)
	r.Modules = orEmpty(r.Modules)
	r.Violations = orEmpty(r.Violations)
	r.Suppressed = orEmpty(r.Suppressed)
	for i := range r.Processes {
		r.Processes[i].Argv = orEmpty(r.Processes[i].Argv)
	}
	for i := range r.Violations {
		v := &r.Violations[i]
		v.Processes = orEmpty(v.Processes)
		v.Tests = orEmpty(v.Tests)
		v.Outlived = orEmpty(v.Outlived)
		for k := range v.Outlived {
			v.Outlived[k].During = orEmpty(v.Outlived[k].During)
		}
		v.Pythons = orEmpty(v.Pythons)
		v.NativeStack = orEmpty(v.NativeStack)
		v.PythonStack = orEmpty(v.PythonStack)
	}
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
