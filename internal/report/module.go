package report

import "slices"

// Module is an object file that was under watch, in any process.
type Module struct {
	Module  string  `json:"module"`
	BuildID *string `json:"build_id"`
	// Slots is the number of its GOT slots that had a gate, in the process that had
	// most.
	Slots int `json:"slots"`
	// Ignored says that --watch and --ignore left the module out: its calls don't count. It
	// extends the schema and is left out when it is false.
	Ignored bool `json:"ignored,omitempty"`
}

// unignored is how many of the modules count.
func unignored(modules []Module) int {
	n := 0
	for _, m := range modules {
		if !m.Ignored {
			n++
		}
	}
	return n
}

// ModulesKnown tells whether a summarized report names the modules that call the C API. Those of
// early versions don't, and where the sensor of calls was off nothing tells them.
func ModulesKnown(r *Report) bool {
	return len(r.Modules) > 0 || r.Summary.ModulesWatched == 0 && callsCounted(r)
}

// callsCounted tells whether calls through modules were looked at in any process.
func callsCounted(r *Report) bool {
	return slices.ContainsFunc(r.Processes, func(p Process) bool { return p.countsCalls() })
}
