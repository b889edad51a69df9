package report

import (
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// TestPprof checks values, labels and the mixed stack of one violation.
func TestPprof(t *testing.T) {
	p, err := profile.Parse(strings.NewReader(render(t, "pprof", sample(), Options{})))
	if err != nil {
		t.Fatal(err)
	}
	s := p.Sample[2]
	if len(p.Sample) != 3 || s.Value[0] != 1000 || s.Label["kind"][0] != KindGILNotHeld || s.NumLabel["pid"][0] != 4121 {
		t.Fatalf("%d samples, the third is %+v", len(p.Sample), s)
	}
	var stack []string
	for _, l := range s.Location {
		for _, line := range l.Line {
			stack = append(stack, line.Function.Name)
		}
	}
	want := "PyCapsule_New nanobind::detail::capsule_new nanobind::capsule::capsule divide_proc<float> " +
		"nanobind::detail::nb_func_vectorcall_complex resample test_divide"
	if got := strings.Join(stack, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if m := s.Location[1].Mapping; m == nil || m.File != extension || m.BuildID != "9f8e7d6c" {
		t.Errorf("the mapping is %+v", m)
	}
}

// TestPprofInlined checks that inlined frames share the location of what they are in.
func TestPprofInlined(t *testing.T) {
	r := sample()
	r.Violations = r.Violations[2:]
	r.Violations[0].NativeStack[0].Inlined = true
	r.Violations[0].NativeStack[1].Inlined = true
	p, err := profile.Parse(strings.NewReader(render(t, "pprof", r, Options{})))
	if err != nil {
		t.Fatal(err)
	}
	if l := p.Sample[0].Location[1]; len(l.Line) != 3 || l.Line[2].Function.Name != "divide_proc<float>" {
		t.Errorf("got %+v", l)
	}
}
