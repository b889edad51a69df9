package main

import (
	"slices"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{7}, 7},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 100, 2}, 3},
	} {
		before := slices.Clone(c.values)
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.values, got, c.want)
		}
		if !slices.Equal(c.values, before) {
			t.Errorf("median sorted its argument: %v", c.values)
		}
	}
}

// The median of the differences is not the difference of the medians: a slow minute of the
// machine hits both halves of a pair.
func TestMedianOfPairs(t *testing.T) {
	pairs := []pair{{10, 11}, {20, 21}, {30, 90}}
	if got := medianOf(pairs, pair.difference); got != 1 {
		t.Errorf("median difference %v, want 1", got)
	}
	if got := medianOf(pairs, pair.ratio); got != 1.1 {
		t.Errorf("median ratio %v, want 1.1", got)
	}
	if got := leastOf(pairs, pair.watchedTime); got != 11 {
		t.Errorf("least %v, want 11", got)
	}
}

func TestByTurns(t *testing.T) {
	var order string
	pairs := byTurns(3, func() float64 { order += "b"; return 1 }, func() float64 { order += "w"; return 2 })
	if order != "bwwbbw" {
		t.Errorf("measured in the order %q", order)
	}
	for _, p := range pairs {
		if p.bare != 1 || p.watched != 2 {
			t.Errorf("pair %v, want the bare value and the watched one", p)
		}
	}
}
