package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

const importRounds = 11

// imports is the price of loading: every module's slots are found and rewritten.
func imports(b *bench) *table {
	t := newTable("python", "modules", "bare, ms", "watched, ms", "difference", "ratio")
	rounds := b.rounds(importRounds)
	for _, py := range b.pythons {
		env := b.wheels(py)
		c := command{args: []string{env.Python, b.file("imports.py")}}
		loaded, err := strconv.Atoi(strings.TrimSpace(string(b.output(c, nil))))
		if err != nil {
			b.Fatalf("%s: read the number of modules: %v", py.Name(), err)
		}
		s := b.open()
		pairs := b.walls(c, s, rounds)
		s.close(rounds)
		t.row(py.Name(), loaded, medianOf(pairs, pair.bareTime), medianOf(pairs, pair.watchedTime),
			medianOf(pairs, pair.difference), medianOf(pairs, pair.ratio))
	}
	t.note("The extension modules of numpy, pandas, lxml and the standard library; from the start "+
		"to the exit. Medians of %d pairs, by turns.", rounds)
	return t
}

// wheels is the environment of package tests/wheels for py.
func (b *bench) wheels(py pythons.Python) venv.Env {
	pins := filepath.Join(b.data, "..", "..", "wheels", "testdata", fmt.Sprintf("requirements-3.%d.txt", py.Minor))
	return venv.New(b, py, pins)
}
