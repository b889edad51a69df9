package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

const (
	allocProcesses = 3
	allocRounds    = 401
)

// allocApart are the kinds of testdata/alloc.py whose work is not Python's own: they have a
// goal of their own and are no part of the mean.
var allocApart = []string{"numpy", "lxml"}

// alloc is the price of the alloc sensor alone, as ratios.
func alloc(b *bench) *table {
	t := newTable("python", "work", "of the least", "of the pairs")
	for _, py := range b.pythons {
		names, medians, least := b.allocRatios(py)
		var all []float64
		for i, name := range names {
			t.row(py.Name(), name, ratio(least[i]), ratio(medians[i]))
			if !slices.Contains(allocApart, name) {
				all = append(all, least[i])
			}
		}
		t.row(py.Name(), "geometric mean; goal 1.03", ratio(geometricMean(all)), "")
		t.row(py.Name(), "worst; goal 1.06", ratio(slices.Max(all)), "")
	}
	t.note("The thread's own time with the sensor by that without it, in one process that puts it in "+
		"and takes it out by turns: the ratio of the least times, and the median of %d pairs; of %d "+
		"processes the median. The mean and the worst are those of the least times, which other work on "+
		"the machine disturbs less; numpy and lxml, goal 1.01, are not in them.", b.rounds(allocRounds), allocProcesses)
	return t
}

func ratio(r float64) string { return fmt.Sprintf("%.3f", r) }

// allocRatios returns the kinds of work, and for each the median over processes of the
// median ratio and of the ratio of the least times.
func (b *bench) allocRatios(py pythons.Python) (names []string, medians, least []float64) {
	c := command{
		args:    []string{b.wheels(py).Python, b.file("alloc.py"), strconv.Itoa(b.rounds(allocRounds))},
		modules: []fixture.Module{fixture.Build(b, py, b.file("allocswitch.c"), fixture.Now)},
	}
	all, allLeast := make(map[string][]float64), make(map[string][]float64)
	s := b.open()
	for range allocProcesses {
		names = nil
		for _, m := range b.decode(b.output(c, s)) {
			pairs := m.pairs()
			names = append(names, m.Name)
			all[m.Name] = append(all[m.Name], medianOf(pairs, pair.ratio))
			allLeast[m.Name] = append(allLeast[m.Name], leastOf(pairs, pair.watchedTime)/leastOf(pairs, pair.bareTime))
		}
	}
	s.close(allocProcesses)
	for _, name := range names {
		medians, least = append(medians, median(all[name])), append(least, median(allLeast[name]))
	}
	return names, medians, least
}

// geometricMean is the mean of ratios.
func geometricMean(ratios []float64) float64 {
	sum := 0.0
	for _, r := range ratios {
		sum += math.Log(r)
	}
	return math.Exp(sum / float64(len(ratios)))
}
