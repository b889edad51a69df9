package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

const (
	callsARound = 20_000 // some 50 µs: a round is seldom interrupted
	callRounds  = 401
	// pairedCalls is the first of those that testdata/price.c measures last: two calls
	// that belong together, not one.
	pairedCalls = "PyEval_SaveThread+PyEval_RestoreThread"
)

// measured is one function's line of testdata/measure.py.
type measured struct {
	Name  string
	Gated bool // the slots hold other addresses than the functions'
	Pairs [][2]float64
}

func (m measured) pairs() []pair {
	pairs := make([]pair, len(m.Pairs))
	for i, p := range m.Pairs {
		pairs[i] = pair{p[0], p[1]}
	}
	return pairs
}

// calls is the price of a clean call, function by function. The floor is the difference in
// a process that is not watched, where both addresses are the same.
func calls(b *bench) *table {
	t := newTable("python", "function", "direct, ns", "gated, ns", "difference", "least", "floor")
	for _, py := range b.pythons {
		single, _ := b.measure(py, true)
		floor, _ := b.measure(py, false)
		var differences, floors []float64
		for i, m := range single {
			pairs, bare := m.pairs(), medianOf(floor[i].pairs(), pair.difference)
			difference := medianOf(pairs, pair.difference)
			t.row(py.Name(), m.Name, medianOf(pairs, pair.bareTime), medianOf(pairs, pair.watchedTime),
				difference, leastOf(pairs, pair.watchedTime)-leastOf(pairs, pair.bareTime), bare)
			differences, floors = append(differences, difference), append(floors, bare)
		}
		t.row(py.Name(), "median; goal "+callGoal(py), "", "", median(differences), "", median(floors))
	}
	t.note("Direct and gated: median nanoseconds of a call. Difference: the median of the paired "+
		"differences, %d rounds of %d calls each. Least: the difference of the least. Floor: the "+
		"median difference in a process that is not watched.", b.rounds(callRounds), callsARound)
	return t
}

// callGoal is what a clean call may cost.
func callGoal(py pythons.Python) string {
	if py.ThreadLocal() {
		return "0.5"
	}
	return "1.0"
}

// switches is the price of a release and an attach that belong together.
func switches(b *bench) *table {
	t := newTable("python", "calls", "direct, ns", "gated, ns", "difference", "ratio")
	for _, py := range b.pythons {
		_, both := b.measure(py, true)
		for _, m := range both {
			pairs := m.pairs()
			t.row(py.Name(), m.Name, medianOf(pairs, pair.bareTime), medianOf(pairs, pair.watchedTime),
				medianOf(pairs, pair.difference), medianOf(pairs, pair.ratio))
		}
	}
	t.note("Nanoseconds of the two calls together, in a thread that has the GIL and no rival for it.")
	return t
}

// measure runs testdata/measure.py and returns its lines: of single calls, and of paired
// ones. It fails if a watched process's slots were not gated, or another's were.
func (b *bench) measure(py pythons.Python, watched bool) (single, both []measured) {
	module := fixture.Build(b, py, b.file("price.c"), fixture.Now)
	c := command{
		args: []string{
			py.Path, b.file("measure.py"), strconv.Itoa(callsARound), strconv.Itoa(b.rounds(callRounds)),
		},
		modules: []fixture.Module{module},
	}
	var s *session
	if watched {
		s = b.open()
	}
	out := b.output(c, s)
	if watched {
		s.close(1)
	}
	into := &single
	for _, m := range decode[measured](b, out) {
		if len(m.Pairs) == 0 {
			b.Fatalf("no measurements of %s", m.Name)
		}
		if m.Gated != watched {
			b.Fatalf("%s: %s is gated: %v, in a process that is watched: %v", py.Name(), m.Name, m.Gated, watched)
		}
		if m.Name == pairedCalls {
			into = &both
		}
		*into = append(*into, m)
	}
	return single, both
}

// decode reads the lines of JSON that a script of testdata printed.
func decode[T any](b *bench, out []byte) []T {
	var all []T
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var line T
		err := decoder.Decode(&line)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			b.Fatalf("read the measurements: %v", err)
		}
		all = append(all, line)
	}
}
