package main

import "slices"

// pair is one measurement of each kind, in the same unit, made one after the other.
type pair struct{ bare, watched float64 }

// difference is what watching added.
func (p pair) difference() float64 { return p.watched - p.bare }

// ratio is how many times as long it took under watch.
func (p pair) ratio() float64 { return p.watched / p.bare }

func (p pair) bareTime() float64    { return p.bare }
func (p pair) watchedTime() float64 { return p.watched }

// medianOf is the median of f over the pairs.
func medianOf(pairs []pair, f func(pair) float64) float64 {
	return median(each(pairs, f))
}

// leastOf is the least of f over the pairs.
func leastOf(pairs []pair, f func(pair) float64) float64 {
	return slices.Min(each(pairs, f))
}

// each is f of every pair.
func each(pairs []pair, f func(pair) float64) []float64 {
	values := make([]float64, len(pairs))
	for i, p := range pairs {
		values[i] = f(p)
	}
	return values
}

// median is the middle value, or the mean of the two in the middle; it panics without any.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
