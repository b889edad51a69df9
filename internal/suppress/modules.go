package suppress

import (
	"path"
	"slices"

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

// Unused are those of the globs that match none of the modules.
func Unused(globs, modules []string) []string {
	var unused []string
	for _, glob := range globs {
		if !slices.ContainsFunc(modules, func(module string) bool { return matches(glob, module) }) {
			unused = append(unused, glob)
		}
	}
	return unused
}

func matchesAny(globs []string, module string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool { return matches(glob, module) })
}

func matches(glob, module string) bool {
	t := term{glob: glob}
	return t.matches(module) || t.matches(path.Base(module)) || t.matches(report.ModuleName(module))
}
