package report

import (
	"math"
	"slices"
	"testing"
)

func TestAddSuppressed(t *testing.T) {
	r := &Report{Suppressed: []Suppressed{{"a", 1}, {"b", math.MaxUint64}}}
	AddSuppressed(r, []Suppressed{{"c", 4}, {"a", 2}, {"b", 3}, {"c", 5}})
	if want := []Suppressed{{"a", 3}, {"b", math.MaxUint64}, {"c", 9}}; !slices.Equal(r.Suppressed, want) {
		t.Errorf("got %v, want %v", r.Suppressed, want)
	}
}
