package report

import (
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

func readSARIF(t *testing.T, r *Report, o Options) *sarif.Run {
	t.Helper()
	document, err := sarif.FromBytes([]byte(render(t, "sarif", r, o)))
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(); err != nil {
		t.Fatal(err)
	}
	return document.Runs[0]
}

// withSources is the sample with lines, as debug information gives them.
func withSources() *Report {
	r := sample()
	v := &r.Violations[2]
	v.NativeStack[0].File, v.NativeStack[0].Line = new("/venv/include/nanobind/nb_types.h"), new(480)
	v.NativeStack[2].File, v.NativeStack[2].Line, v.NativeStack[2].Column = new("/src/ext/sound f.cpp"), new(212), new(8)
	v.ReleasedAt[1].File, v.ReleasedAt[1].Line, v.ReleasedAt[1].Column = new("/src/ext/sound f.cpp"), new(305), new(9)
	v.Source = []SourceLine{{Line: 212, Text: "\t\tmake(owner);", Mark: true}}
	return r
}

func TestSARIF(t *testing.T) {
	run := readSARIF(t, withSources(), Options{Notes: true})
	if len(run.Results) != 3 {
		t.Fatalf("%d results", len(run.Results))
	}
	fatal := run.Results[0]
	p := fatal.Locations[0].PhysicalLocation
	if *p.ArtifactLocation.URI != "ext/sound%20f.cpp" || *p.ArtifactLocation.URIBaseID != "%SRCROOT%" ||
		*p.Region.StartLine != 212 || *p.Region.StartColumn != 8 {
		t.Errorf("at %s:%d", *p.ArtifactLocation.URI, *p.Region.StartLine)
	}
	if fatal.Level != "error" || fatal.PartialFingerprints["gilwatchId/v1"] != withSources().Violations[2].ID ||
		run.Tool.Driver.Rules[fatal.RuleIndex].ID == nil || *run.Tool.Driver.Rules[fatal.RuleIndex].ID != KindGILNotHeld {
		t.Errorf("got %+v", fatal)
	}
	flow := fatal.CodeFlows[0].ThreadFlows[0].Locations
	if first := flow[0].Location; *first.Message.Text != "the GIL is released here" || *first.PhysicalLocation.Region.StartLine != 305 ||
		first.PhysicalLocation.Region.StartColumn != nil {
		t.Errorf("the flow begins with %s at %+v", *first.Message.Text, first.PhysicalLocation.Region)
	}
	if last := flow[len(flow)-1].Location; *last.PhysicalLocation.Region.StartLine != 480 {
		t.Errorf("the flow ends at %+v", last)
	}
	if known := run.Results[1]; *known.BaselineState != "unchanged" || known.Level != "warning" {
		t.Errorf("the known one is %+v", known)
	}
	if n := len(readSARIF(t, withSources(), Options{}).Results); n != 2 {
		t.Errorf("%d results without notes", n)
	}
}

// TestSARIFPython checks that a violation in a module without sources is shown at the
// Python line of the reader's own tree.
func TestSARIFPython(t *testing.T) {
	p := readSARIF(t, sample(), Options{}).Results[0].Locations[0].PhysicalLocation
	if *p.ArtifactLocation.URI != "test_resample.py" || *p.Region.StartLine != 41 {
		t.Errorf("at %s:%d", *p.ArtifactLocation.URI, *p.Region.StartLine)
	}
}

// TestSARIFRoot checks that paths are told from another root when one is given.
func TestSARIFRoot(t *testing.T) {
	p := readSARIF(t, withSources(), Options{Root: "/elsewhere"}).Results[0].Locations[0].PhysicalLocation
	if *p.ArtifactLocation.URI != "file:///venv/include/nanobind/nb_types.h" || p.ArtifactLocation.URIBaseID != nil {
		t.Errorf("outside of the root: %s", *p.ArtifactLocation.URI)
	}
	p = readSARIF(t, withSources(), Options{Root: "/src/ext"}).Results[0].Locations[0].PhysicalLocation
	if *p.ArtifactLocation.URI != "sound%20f.cpp" {
		t.Errorf("at %s", *p.ArtifactLocation.URI)
	}
}

// Of a stack below pytest the innermost frames are told: with all of them, 5,000 violations were
// 11.5 MB, packed, where GitHub takes 10; with these they are 1.2.
func TestSARIFCutsStacks(t *testing.T) {
	r := sample()
	v := &r.Violations[2]
	innermost := v.NativeStack[0].Name()
	for len(v.NativeStack) < 100 {
		v.NativeStack = append(v.NativeStack, v.NativeStack...)
		v.PythonStack = append(v.PythonStack, PythonFrame{Function: new("f")})
	}
	for len(v.PythonStack) < 100 {
		v.PythonStack = append(v.PythonStack, v.PythonStack...)
	}
	stacks := readSARIF(t, r, Options{}).Results[0].Stacks
	for _, s := range []*sarif.Stack{stacks[0], stacks[len(stacks)-1]} {
		if n := len(s.Frames); n != sarifFrames {
			t.Errorf("%d frames %q, want %d", n, *s.Message.Text, sarifFrames)
		}
	}
	if name := *stacks[0].Frames[0].Location.LogicalLocations[0].FullyQualifiedName; name != innermost {
		t.Errorf("the first is %s, want %s", name, innermost)
	}
}
