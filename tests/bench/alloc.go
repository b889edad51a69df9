package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

const (
	allocProcesses = 5
	allocSeconds   = 1.0 // of one process, for each kind of work
	// pyperformance needs this version; its programs are left out before.
	allocProgramsSince = 10
)

// The groups of work that are in the mean; numpy and lxml have a goal of their own.
const (
	allocPython   = "python"
	allocPrograms = "pyperformance"
)

// What is in the allocators, as testdata/allocswitch.c has it.
const (
	armBare = iota
	armBareAgain
	armJump
	armSensor
	arms
)

// allocWork is a line of testdata/alloc.py: one kind of work, and the milliseconds of each arm
// in each round.
type allocWork struct {
	Group, Name string
	Rounds      [][arms]float64
}

// ratio is the median of an arm's ratios to the bare allocators, each of one round.
func (w allocWork) ratio(arm int) float64 {
	ratios := make([]float64, len(w.Rounds))
	for i, round := range w.Rounds {
		ratios[i] = round[arm] / round[armBare]
	}
	return median(ratios)
}

// allocPrice is what the arms cost in one kind of work, as ratios.
type allocPrice struct {
	group, name string
	ratio       [arms]float64
}

// alloc is the price of the alloc sensor alone, as ratios.
func alloc(b *bench) *table {
	t := newTable("python", "work", "sensor", "jump", "nothing")
	for _, py := range b.pythons {
		prices := b.allocPrices(py)
		for _, p := range prices {
			t.row(py.Name(), p.name, ratio(p.ratio[armSensor]), ratio(p.ratio[armJump]), ratio(p.ratio[armBareAgain]))
		}
		all := allocOf(prices, allocPython, allocPrograms)
		allocSummary(t, py, "geometric mean, Python's own", allocOf(prices, allocPython), geometricMean)
		allocSummary(t, py, "geometric mean, all; goal 1.03", all, geometricMean)
		allocSummary(t, py, "worst; goal 1.06", all, slices.Max[[]float64])
	}
	t.note("The thread's own time with the sensor by that without it, in one process that puts it in "+
		"and takes it out by turns: of %d processes the median, of each the median over its rounds. "+
		"Jump: the same of a function that asks nothing and jumps to the allocator. Nothing: of the "+
		"allocators by themselves, that is the noise. numpy and lxml, goal 1.01, are in neither the mean "+
		"nor the worst.", allocProcesses)
	return t
}

// allocOf returns the prices of the work in some groups.
func allocOf(prices []allocPrice, groups ...string) []allocPrice {
	var chosen []allocPrice
	for _, p := range prices {
		if slices.Contains(groups, p.group) {
			chosen = append(chosen, p)
		}
	}
	return chosen
}

// allocSummary adds a row with one figure of all the work.
func allocSummary(t *table, py pythons.Python, name string, prices []allocPrice, of func([]float64) float64) {
	var figures [arms]string
	for arm := range figures {
		all := make([]float64, len(prices))
		for i, p := range prices {
			all[i] = p.ratio[arm]
		}
		figures[arm] = ratio(of(all))
	}
	t.row(py.Name(), name, figures[armSensor], figures[armJump], figures[armBareAgain])
}

func ratio(r float64) string { return fmt.Sprintf("%.3f", r) }

// allocPrices measures every kind of work: the medians over processes.
func (b *bench) allocPrices(py pythons.Python) []allocPrice {
	c := command{
		args:    []string{b.wheels(py).Python, b.file("alloc.py"), fmt.Sprint(allocSeconds * b.scale)},
		modules: []fixture.Module{fixture.Build(b, py, b.file("allocswitch.c"), fixture.Now)},
	}
	if py.Minor >= allocProgramsSince {
		c.args = append(c.args, b.programs(py))
	}
	var works [][]allocWork
	s := b.open()
	for range allocProcesses {
		works = append(works, decode[allocWork](b, b.output(c, s)))
	}
	s.close(allocProcesses)
	var prices []allocPrice
	for i, w := range works[0] {
		p := allocPrice{group: w.Group, name: w.Name}
		for arm := range p.ratio {
			var ratios []float64
			for _, process := range works {
				ratios = append(ratios, process[i].ratio(arm))
			}
			p.ratio[arm] = median(ratios)
		}
		prices = append(prices, p)
	}
	return prices
}

// programs is the folder of pyperformance's programs.
func (b *bench) programs(py pythons.Python) string {
	env := venv.New(b, py, b.file("requirements-alloc.txt"))
	return filepath.Join(env.Dir, "lib", "python3."+strconv.Itoa(py.Minor), "site-packages",
		"pyperformance", "data-files", "benchmarks")
}

// geometricMean is the mean of ratios.
func geometricMean(ratios []float64) float64 {
	sum := 0.0
	for _, r := range ratios {
		sum += math.Log(r)
	}
	return math.Exp(sum / float64(len(ratios)))
}
