package main

import (
	"fmt"
	"strings"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/probe"
)

// describeAttach says whether gilwatch attach would work here. What stands in its way is no
// obstacle to gilwatch run.
func (f *findings) describeAttach() {
	var missing []*probe.NotPossibleError
	for _, fact := range probe.Surroundings() {
		f.fact(fact.Name, "%s", fact.Value)
		if fact.Obstacle != nil {
			missing = append(missing, fact.Obstacle)
		}
	}
	if len(missing) == 0 {
		if err := probe.Try(); err != nil {
			f.fact("attach", "no: %v", err)
			if h := hint(err); h != "" {
				f.fact("", "%s", h)
			}
			return
		}
		f.fact("attach", "possible")
		return
	}
	for _, obstacle := range missing {
		f.fact("attach", "no: %v", obstacle)
		f.fact("", "%s", obstacle.Advice)
	}
}

// describeCoverage says what of an interpreter's extension modules could be watched, and what
// is not covered. Modules elsewhere are not known.
func (f *findings) describeCoverage(seen probed) {
	version, err := capi.ParseVersion(seen.python)
	if err != nil || len(seen.folders) == 0 {
		return
	}
	c, err := probe.CoverageOf(seen.api, version, seen.folders)
	if err != nil {
		f.fact("call sites", "not counted: %v", err)
		return
	}
	f.fact("call sites", "%d in the extension modules of its own folders (%d)", c.Sites, c.Modules)
	var gaps []string
	for _, gap := range []struct {
		n    int
		what string
	}{
		{c.Gaps.Undecoded, "functions with unknown instructions"},
		{c.Gaps.Conditional, "conditional jumps"},
		{c.Gaps.Addresses, "function addresses that are loaded for later calls"},
		{c.Undescribed, "modules whose code .eh_frame does not describe"},
		{c.Unread, "files that are broken, or too large to look through here"},
	} {
		if gap.n > 0 {
			gaps = append(gaps, fmt.Sprintf("%s: %d", gap.what, gap.n))
		}
	}
	if len(gaps) > 0 {
		f.fact("not covered", "%s", strings.Join(gaps, "; "))
	}
}
