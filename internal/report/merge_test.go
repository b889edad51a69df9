package report

import (
	"slices"
	"testing"
)

func TestMerge(t *testing.T) {
	a, b := sample(), sample()
	a.Violations[2].Pythons, b.Violations[2].Pythons = []string{"3.11.2"}, []string{"3.12.1"}
	b.Run.Host, b.Run.Finished = new("other"), at(20)
	b.Summary.Lost = 3
	b.Modules = []Module{{Module: extension, Slots: 9}, {Module: "/x.so", Slots: 1, Ignored: true}}
	a.Modules = []Module{{Module: extension, Slots: 4, Ignored: true}}
	extra := built("fresh")
	b.Violations = append(b.Violations, extra)
	m := Merge("2", []*Report{a, b})
	if m.Tool.Version != "2" || m.Run.Host != nil || *m.Run.Cwd != "/src" || !m.Run.Finished.Equal(*at(20)) || !m.Run.Started.Equal(*at(0)) {
		t.Errorf("run %+v", m.Run)
	}
	if len(m.Violations) != 4 || m.Summary.Lost != 3 || len(m.Processes) != 20 || m.Summary.Suppressed != 4084 || len(m.Suppressed) != 1 {
		t.Errorf("%d violations, %+v", len(m.Violations), m.Summary)
	}
	if v := m.Violations[0]; v.Count != 2000 || !slices.Equal(v.Pythons, []string{"3.11.2", "3.12.1"}) {
		t.Errorf("%d times on %v", v.Count, v.Pythons)
	}
	if !slices.Equal(m.Modules, []Module{{Module: extension, Slots: 9}, {Module: "/x.so", Slots: 1, Ignored: true}}) {
		t.Errorf("modules %v", m.Modules)
	}
	if a.Violations[2].Count != 1000 || a.Modules[0].Slots != 4 {
		t.Error("merging changed a report")
	}
	if one := Merge("2", []*Report{clean()}); one.Summary != clean().Summary {
		t.Errorf("one report: %+v", one.Summary)
	}
}
