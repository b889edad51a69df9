package collector

import (
	"github.com/rs/zerolog"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Recording is what another backend than the shim recorded of one process.
type Recording struct {
	Journal *journal.Journal // its Pid and Serial name it among the recordings
	End     *End             // nil: it was not seen to end
	Root    string           // what stands before the paths of its process, as of Trees
	// Process tells processes with the same pid apart; it is not 0.
	Process int
	Python  map[uint64]PythonStack // by the violations' offsets
}

// Report makes the report of what another backend recorded, oldest process first. What
// stands in it is made as from a session's journals.
func Report(run Run, recordings []Recording, log zerolog.Logger) *report.Report {
	ends, seen := map[file]End{}, &moments{}
	var journals []*journal.Journal
	for _, r := range recordings {
		j := r.Journal
		journals = append(journals, j)
		if r.End != nil {
			end := *r.End
			end.process = r.Process
			ends[file{j.Pid, j.Serial}] = end
		}
		for offset, stack := range r.Python {
			seen.keep(violationKey{j.Pid, j.Serial, offset}, moment{python: stack})
		}
	}
	b := newBuilder(run, func(j *journal.Journal) (End, bool) {
		end, known := ends[file{j.Pid, j.Serial}]
		return end, known
	}, symbols.NewResolver(), log)
	b.moments = seen
	for _, r := range recordings {
		b.roots[r.Journal] = r.Root
	}
	defer b.resolver.Close()
	b.describeRun()
	b.addAll(journals)
	b.addUnwatchedCommand()
	b.addRunning()
	return b.finish()
}
