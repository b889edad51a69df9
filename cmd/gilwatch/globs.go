package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/suppress"
)

// markIgnored marks the modules whose calls don't count.
func (k *known) markIgnored(r *report.Report) {
	for i := range r.Modules {
		m := &r.Modules[i]
		m.Ignored = m.Ignored || !k.modules.Counts(m.Module)
	}
}

// sayUnusedGlobs names the globs of --watch and --ignore that match no module: a slip of the
// pen, or a module that was not loaded. What attach ignored is in no report, so nothing tells
// which globs did that.
func (a *app) sayUnusedGlobs(k *known, r *report.Report) {
	if !report.ModulesKnown(r) {
		return
	}
	seen := maps.Clone(k.called)
	for _, m := range r.Modules {
		seen[m.Module] = true
	}
	modules := slices.Collect(maps.Keys(seen))
	say := func(flag string, globs []string) {
		for _, glob := range suppress.Unused(globs, modules) {
			fmt.Fprintf(a.stderr, "gilwatch: --%s matched no module that calls the C API: %s\n", flag, report.Clean(glob))
		}
	}
	say("watch", k.modules.Watch)
	if !slices.ContainsFunc(r.Processes, func(p report.Process) bool { return p.Backend == report.BackendUprobe }) {
		say("ignore", k.modules.Ignore)
	}
}
