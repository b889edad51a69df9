package soak

import (
	"errors"
	"fmt"
	"testing"
)

// What may be called flat. The collector remembers how each process ended, and the report
// names each: that is what it may grow by.
const (
	bytesAProcess   = 2048
	descriptorSlack = 0.0005 // descriptors a process: 5 in 10,000
)

// judge fails if memory or descriptors grow with the work. What counts is the slope over the
// second half, by least squares: a process takes some time to reach its size.
func judge(samples []sample) error {
	half := samples[len(samples)/2:]
	if len(half) < 3 {
		return errors.New("too few samples to judge")
	}
	var failed []error
	for _, c := range []struct {
		name  string
		of    func(s sample) int
		limit float64
	}{
		{"the collector's bytes", func(s sample) int { return s.collector.memory }, bytesAProcess},
		{"the collector's descriptors", func(s sample) int { return s.collector.descriptors }, descriptorSlack},
		{"the target's bytes", func(s sample) int { return s.target.memory }, bytesAProcess / 8},
		{"the target's descriptors", func(s sample) int { return s.target.descriptors }, descriptorSlack},
	} {
		slope := slopeOf(half, c.of)
		fmt.Printf("%s: %+.4f for each short-lived process (limit %g)\n", c.name, slope, c.limit)
		if slope > c.limit {
			failed = append(failed, fmt.Errorf("%s grow by %.4f for each process, limit %g", c.name, slope, c.limit))
		}
	}
	return errors.Join(failed...)
}

// slopeOf is the growth for each short-lived process.
func slopeOf(samples []sample, of func(s sample) int) float64 {
	var x, y, xx, xy float64
	for _, s := range samples {
		x += float64(s.processes)
		y += float64(of(s))
	}
	n := float64(len(samples))
	x, y = x/n, y/n
	for _, s := range samples {
		dx := float64(s.processes) - x
		xx += dx * dx
		xy += dx * (float64(of(s)) - y)
	}
	if xx == 0 {
		return 0
	}
	return xy / xx
}

// ramp are samples of a collector that grows by so many bytes and descriptors a process.
func ramp(memory, descriptors float64) []sample {
	var all []sample
	for i := range 100 {
		n := 100 * (i + 1)
		all = append(all, sample{processes: n, collector: usage{20<<20 + int(memory*float64(n)) + i%7*4096, 12 + int(descriptors*float64(n)) + i%3}})
	}
	return all
}

// Noise is flat; a leak is not.
func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		samples []sample
		flat    bool
	}{
		"noise":                    {ramp(0, 0), true},
		"an entry for each":        {ramp(300, 0), true},
		"a page for each":          {ramp(4096, 0), false},
		"a descriptor for a tenth": {ramp(0, 0.1), false},
		"too few":                  {ramp(0, 0)[:4], false},
	} {
		if err := judge(c.samples); (err == nil) != c.flat {
			t.Errorf("%s: %v", name, err)
		}
	}
}
