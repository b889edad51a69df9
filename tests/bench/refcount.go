package main

import (
	"os/exec"
	"strconv"
	"strings"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

const countingRounds = 201

// refcounts is the price of a module that was rebuilt with `gilwatch cflags`, where nobody
// watches and under watch.
func refcounts(b *bench) *table {
	t := newTable("python", "work", "plain, ns", "rebuilt, ns", "ratio", "watched, ns", "ratio")
	for _, py := range b.pythons {
		bare := b.counting(py, nil)
		s := b.open()
		watched := b.counting(py, s)
		s.close(1)
		for i, m := range bare {
			free, seen := m.pairs(), watched[i].pairs()
			t.row(py.Name(), m.Name, medianOf(free, pair.bareTime),
				medianOf(free, pair.watchedTime), medianOf(free, pair.ratio),
				medianOf(seen, pair.watchedTime), medianOf(seen, pair.ratio))
		}
	}
	t.note("Nanoseconds for each item, and the median ratio of %d pairs, by turns in one process. "+
		"counts: a Py_INCREF and a Py_DECREF, nothing else. sum: a list's floats added up. tuples: "+
		"pairs made of a list's items. Rebuilt: the module has the headers' checks, nobody watches. "+
		"Watched: the same under gilwatch, by the plain module under gilwatch.", b.rounds(countingRounds))
	return t
}

// counting runs testdata/counting.py; the pairs are of the plain module and the rebuilt one.
func (b *bench) counting(py pythons.Python, s *session) []measured {
	out, err := exec.Command(b.binary, "cflags").Output()
	if err != nil {
		b.Fatalf("gilwatch cflags: %v", err)
	}
	plain := fixture.Build(b, py, b.file("counting.c"), fixture.Now)
	checked := fixture.Build(b, py, b.file("counting.c"), fixture.Now.With("checked", strings.Fields(string(out))...))
	return decode[measured](b, b.output(command{args: []string{
		py.Path, b.file("counting.py"), plain.Path(), checked.Path(), strconv.Itoa(b.rounds(countingRounds)),
	}}, s))
}
