package main

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// Two processes of the same program differ by more than its runs in one process do:
	// where the loader and malloc put things counts. So: many processes, few rounds.
	workloadProcesses = 11
	workloadRounds    = 7
)

// workloadNames are those of testdata/workloads.py.
var workloadNames = []string{"json_pickle", "sqlite3", "zlib_blocks", "decimal_sums", "numpy_small", "threads_hashing"}

// workloads are ratios of real programs' times.
func workloads(b *bench) *table {
	head := []string{"python"}
	for _, name := range workloadNames {
		head = append(head, strings.ReplaceAll(name, "_", " "))
	}
	t := newTable(head...)
	for _, py := range b.pythons {
		all := b.ratios(b.wheels(py).Python)
		row := []any{py.Name()}
		for _, name := range workloadNames {
			if ratios := all[name]; len(ratios) > 0 {
				row = append(row, fmt.Sprintf("%.2f (%.2f to %.2f)",
					median(ratios), slices.Min(ratios), slices.Max(ratios)))
			} else {
				row = append(row, "none")
			}
		}
		t.row(row...)
	}
	t.note("Time watched by time not watched, of %d pairs of processes: the median, the least and the "+
		"greatest. A pair's ratio is the median of %d runs of each, by turns. None: its module is not there.",
		b.rounds(workloadProcesses), b.rounds(workloadRounds))
	return t
}

// ratios runs every workload in pairs of processes, by turns, and returns a ratio for each
// pair.
func (b *bench) ratios(python string) map[string][]float64 {
	ratios := make(map[string][]float64)
	s := b.open()
	for range b.rounds(workloadProcesses) {
		bare, watched := b.start(python, nil), b.start(python, s)
		if !slices.Equal(bare.names, watched.names) {
			b.Fatalf("%s has workloads %v, and %v when it is watched", python, bare.names, watched.names)
		}
		for _, name := range bare.names {
			bare.run(name) // caches, imports, free lists
			watched.run(name)
			pairs := byTurns(b.rounds(workloadRounds),
				func() float64 { return bare.run(name) }, func() float64 { return watched.run(name) })
			ratios[name] = append(ratios[name], medianOf(pairs, pair.ratio))
		}
		bare.stop()
		watched.stop()
	}
	s.close(b.rounds(workloadProcesses))
	return ratios
}
