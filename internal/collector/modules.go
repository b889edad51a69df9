package collector

import (
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// addModules adds the modules that were under watch in a process.
func (b *builder) addModules(j *journal.Journal) {
	for i := range j.Modules {
		m := &j.Modules[i]
		if m.Slots == 0 {
			continue
		}
		key := m.Path + "\x00" + m.BuildID
		at, ok := b.modules[key]
		if !ok {
			at = len(b.report.Modules)
			b.modules[key] = at
			b.report.Modules = append(b.report.Modules, report.Module{Module: m.Path, BuildID: text(m.BuildID)})
		}
		known := &b.report.Modules[at]
		known.Slots = max(known.Slots, m.Slots)
	}
}
