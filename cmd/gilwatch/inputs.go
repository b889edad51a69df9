package main

import (
	"fmt"
	"os"

	"github.com/gilwatch/gilwatch/internal/report"
)

// spareInputs keeps reports from being written over what they are made from: a filtered one
// would be all that is left. Whoever names such a file on the command line is refused. Where
// --report stands elsewhere, at from, it is meant for the run that wrote the input, and only
// this one is not written.
func (a *app) spareInputs(specs []report.Spec, inputs []string, from string) ([]report.Spec, error) {
	var spared []report.Spec
	for _, spec := range specs {
		input := sameFile(spec.Path, inputs)
		switch {
		case spec.Path == stdoutPath || input == "":
			spared = append(spared, spec)
		case from == "":
			return nil, hinted(fmt.Errorf("the %s report %s would be written over %s, which it is made from", spec.Format, spec.Path, input),
				"give the report a file of its own")
		default:
			a.log.Warn().Str("report", spec.Format+"="+spec.Path).Str("input", input).Str("from", from).
				Msg("a report is not written: its file is read")
		}
	}
	return spared, nil
}

// sameFile returns which of the inputs is the regular file that the path names, "" for none.
func sameFile(path string, inputs []string) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	for _, input := range inputs {
		if theirs, err := os.Stat(input); err == nil && os.SameFile(info, theirs) {
			return input
		}
	}
	return ""
}
