//go:build !gilwatch_shim

package report

import (
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// sourceRoot is the base that relative paths are told from, the name that GitHub knows.
const sourceRoot = "%SRCROOT%"

// writeSARIF writes SARIF 2.1.0 for code scanning: a rule for each kind, a result for each
// violation, with the way from where the GIL was released to the call as its code flow, and the
// id as its fingerprint.
func writeSARIF(w io.Writer, r *Report, o Options) error {
	f := newFacts(r, o)
	run := sarif.NewRunWithInformationURI("gilwatch", informationURI)
	run.Tool.Driver.WithVersion(Clean(r.Tool.Version)).WithRules(sarifRules())
	run.WithColumnKind("utf16CodeUnits").WithInvocations([]*sarif.Invocation{f.invocation()})
	if f.root != "" {
		root := url.URL{Scheme: "file", Path: strings.TrimSuffix(f.root, "/") + "/"}
		run.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{sourceRoot: *sarif.NewArtifactLocation().WithURI(root.String())}
	}
	violations := append([]Violation{}, r.Violations...)
	Sort(violations)
	for i := range violations {
		v := &violations[i]
		if v.Severity == SeverityNote && !o.Notes && !v.Fatal {
			continue
		}
		run.AddResult(f.result(v))
	}
	document := sarif.NewReport()
	document.AddRun(run)
	return document.Write(w)
}

// invocation tells of the command that was watched.
func (f facts) invocation() *sarif.Invocation {
	run := f.report.Run
	i := sarif.NewInvocation().WithExecutionSuccessful(f.report.Summary.Lost == 0).WithArguments([]string{})
	var words []string
	for _, word := range run.Command {
		words = append(words, Clean(word))
	}
	i.WithCommandLine(strings.Join(words, " "))
	if run.ExitCode != nil {
		i.WithExitCode(*run.ExitCode)
	}
	if run.Signal != nil {
		i.WithExitSignalNumber(*run.Signal)
	}
	i.StartTimeUtc, i.EndTimeUtc = timestamp(run.Started), timestamp(run.Finished)
	return i
}

func (f facts) result(v *Violation) *sarif.Result {
	result := sarif.NewRuleResult(ruleID(v.Kind)).WithRuleIndex(ruleIndex(v.Kind)).WithLevel(sarifLevel(v.Severity)).
		WithOccurrenceCount(int(min(v.Count, 1<<31-1))).
		WithPartialFingerprints(map[string]string{"gilwatchId/v1": Clean(v.ID)})
	result.WithMessage(sarif.NewTextMessage(f.annotation(v)))
	if v.Known {
		result.WithBaselineState("unchanged")
	}
	result.AddLocation(f.primary(v))
	result.Stacks = f.stacks(v)
	if flow := f.codeFlow(v); flow != nil {
		result.AddCodeFlow(flow)
	}
	properties := sarif.NewPropertyBag().Add("function", Clean(v.Function)).Add("fatal", v.Fatal).Add("sensor", Clean(v.Sensor))
	if len(v.Tests) > 0 {
		tests := make([]string, len(v.Tests))
		for i, test := range v.Tests {
			tests[i] = Clean(test)
		}
		properties.Add("tests", tests)
	}
	if len(v.Outlived) > 0 {
		outlived := make([]string, len(v.Outlived))
		for i, o := range v.Outlived {
			outlived[i] = Clean(o.Test)
		}
		properties.Add("outlived", outlived)
	}
	return result.WithProperties(properties)
}

// primary is the place of a result. GitHub takes none without a file, so a module without
// sources stands for itself.
func (f facts) primary(v *Violation) *sarif.Location {
	at, known := f.location(v)
	if !known {
		at = location{file: "unknown"}
		if i := max(callerFrame(v), 0); i < len(v.NativeStack) && v.NativeStack[i].Module != nil {
			at = f.fileLocation(*v.NativeStack[i].Module)
		}
	}
	l := physical(at, max(at.line, 1))
	if i := callerFrame(v); i >= 0 {
		name := v.NativeStack[i].Name()
		l.AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(name).WithKind("function"))
	}
	return l
}

func physical(at location, line int) *sarif.Location {
	p := sarif.NewPhysicalLocation().WithArtifactLocation(artifact(at))
	if line > 0 {
		region := sarif.NewRegion().WithStartLine(line)
		if at.column > 0 {
			region.WithStartColumn(at.column)
		}
		p.WithRegion(region)
	}
	return sarif.NewLocationWithPhysicalLocation(p)
}

func artifact(at location) *sarif.ArtifactLocation {
	u := url.URL{Path: at.file}
	if path.IsAbs(at.file) {
		u.Scheme = "file"
		return sarif.NewArtifactLocation().WithURI(u.String())
	}
	// A first part with a colon would read as a scheme: String writes ./ before it.
	return sarif.NewArtifactLocation().WithURI(u.String()).WithURIBaseID(sourceRoot)
}

func sarifLevel(severity string) string {
	switch severityRank(severity) {
	case 1:
		return sarif.LevelWarning
	case 2:
		return sarif.LevelNote
	default:
		return sarif.LevelError
	}
}
