package main

import (
	"encoding/json"
	"strconv"

	"github.com/gilwatch/gilwatch/tests/fixture"
)

const (
	firings         = 1_000_000
	violationRounds = 5
)

// violations is the price of a detached call at a site that was recorded before. The
// report must count every one of them.
func violations(b *bench) *table {
	t := newTable("python", "direct, ns", "violating, ns", "difference")
	for _, py := range b.pythons {
		module := fixture.Build(b, py, b.file("violations.c"), fixture.Now)
		c := command{
			args: []string{
				py.Path, "-c",
				"import json, violations; print(json.dumps(violations.detached(" + strconv.Itoa(firings) + ")))",
			},
			modules: []fixture.Module{module},
		}
		rounds := b.rounds(violationRounds)
		pairs := make([]pair, rounds)
		s := b.open()
		for i := range pairs {
			var both [2]float64
			if err := json.Unmarshal(b.output(c, s), &both); err != nil {
				b.Fatalf("%s: read the measurement: %v", py.Name(), err)
			}
			pairs[i] = pair{both[0], both[1]}
		}
		if got, want := s.close(rounds).Summary.Occurrences, uint64(rounds*firings); got != want {
			b.Fatalf("%s: %d violations were counted, want %d", py.Name(), got, want)
		}
		t.row(py.Name(), medianOf(pairs, pair.bareTime), medianOf(pairs, pair.watchedTime),
			medianOf(pairs, pair.difference))
	}
	t.note("Goal: 100 ns a call. Medians of %d processes; every call is in the report's count.",
		b.rounds(violationRounds))
	return t
}
