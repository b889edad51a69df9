package main

import (
	"math"
	"testing"
)

// Each round has its own ratio, and one that was disturbed does not count for more.
func TestAllocRatio(t *testing.T) {
	w := allocWork{Rounds: [][arms]float64{
		{armBare: 10, armBareAgain: 10, armJump: 11, armSensor: 12},
		{armBare: 20, armBareAgain: 20, armJump: 21, armSensor: 23},
		{armBare: 10, armBareAgain: 90, armJump: 90, armSensor: 11},
	}}
	for arm, want := range map[int]float64{armBare: 1, armBareAgain: 1, armJump: 1.1, armSensor: 1.15} {
		if got := w.ratio(arm); got != want {
			t.Errorf("arm %d: %v, want %v", arm, got, want)
		}
	}
}

func TestGeometricMean(t *testing.T) {
	if got := geometricMean([]float64{0.5, 2, 8}); math.Abs(got-2) > 1e-9 {
		t.Errorf("geometric mean %v, want 2", got)
	}
}
