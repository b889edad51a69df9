package suppress

import (
	"path"

	"github.com/gilwatch/gilwatch/internal/report"
)

// Modules chooses the modules whose calls count, by globs of their file names; a glob with a
// slash is held against the whole path.
type Modules struct {
	Watch  []string // those that match one, all when there is none
	Ignore []string // but not those that match one
}

// Keeps tells whether v's calling module counts. One that is not known does, unless only
// some are watched.
func (m Modules) Keeps(v *report.Violation) bool {
	f := report.Caller(v)
	if f == nil || f.Module == nil {
		return len(m.Watch) == 0
	}
	return m.Counts(*f.Module)
}

// Counts tells whether the calls of the module at that path count.
func (m Modules) Counts(module string) bool {
	return (len(m.Watch) == 0 || matchesAny(m.Watch, module)) && !matchesAny(m.Ignore, module)
}

func matchesAny(globs []string, module string) bool {
	for _, glob := range globs {
		t := term{glob: glob}
		if t.matches(module) || t.matches(path.Base(module)) || t.matches(report.ModuleName(module)) {
			return true
		}
	}
	return false
}
