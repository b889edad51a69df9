package probe

import (
	"strings"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/internal/suppress"
)

func TestChoice(t *testing.T) {
	const standard, third = "/usr/lib/python3.12/lib-dynload/_json.cpython-312.so", "/site-packages/numpy/core/_multiarray.so"
	for _, c := range []struct {
		watch, ignore   []string
		standard, third bool
	}{
		{nil, nil, false, true},
		{[]string{"*"}, nil, true, true},
		{[]string{"_json*"}, nil, true, false},
		{nil, []string{"_multi*"}, false, false},
		{[]string{"*"}, []string{"_json*"}, false, true},
		{[]string{"/site-packages/*/*/*"}, nil, false, true},
	} {
		m := suppress.Modules{Watch: c.watch, Ignore: c.ignore}
		if takes(m, standard) != c.standard || takes(m, third) != c.third {
			t.Errorf("%v, %v: takes the standard library's: %v, another: %v", c.watch, c.ignore, takes(m, standard), takes(m, third))
		}
	}
}

// Of the sites the fewest go, the hottest first, and none while the rate is below the limit.
func TestTooHot(t *testing.T) {
	before, now := make([]uint64, 4), []uint64{10, 0, 3000, 500}
	all := rates(before, now, time.Second/2)
	if len(all) != 3 || all[0] != (rate{2, 6000}) || all[2] != (rate{0, 20}) {
		t.Fatalf("rates %v", all)
	}
	for limit, want := range map[float64]int{7020: 0, 7000: 1, 1020: 1, 1000: 2, 20: 2, 1: 3} {
		if got := tooHot(all, limit); got != want {
			t.Errorf("limit %v: %d sites go, want %d", limit, got, want)
		}
	}
}

func TestRelease(t *testing.T) {
	for release, want := range map[string][2]int{"6.18.44-fc": {6, 18}, "6.6.0": {6, 6}, "5.15.0-91-generic": {5, 15}, "7.0-rc1": {7, 0}} {
		major, minor, ok := parseRelease(release)
		if !ok || major != want[0] || minor != want[1] {
			t.Errorf("%s: %d.%d (%v)", release, major, minor, ok)
		}
	}
	if _, _, ok := parseRelease("linux"); ok {
		t.Error("no numbers, and no error")
	}
}

// A kernel without uprobe_multi is refused, with the version that has it and another way.
func TestOldKernel(t *testing.T) {
	for release, old := range map[string]bool{"6.5.13-generic": true, "5.15.0-91": true, "6.6.0": false, "7.0": false, "strange": false} {
		obstacle := kernelOf(release).Obstacle
		if (obstacle != nil) != old {
			t.Errorf("%s: obstacle %v", release, obstacle)
		}
		if old && (!strings.Contains(obstacle.Error(), "6.6") || !strings.Contains(obstacle.Hint(), "gilwatch run")) {
			t.Errorf("%s: %v; %s", release, obstacle, obstacle.Hint())
		}
	}
}

// Where a link for a pid is for one thread alone, links are made for all.
func TestFiltersProcesses(t *testing.T) {
	for release, want := range map[string]bool{"6.6.58": false, "6.9.12": false, "6.10.0": true, "6.18.44-fc": true, "7.0-rc1": true, "strange": false} {
		if got := filtersProcesses(release); got != want {
			t.Errorf("%s: %v, want %v", release, got, want)
		}
	}
}

func TestCapabilities(t *testing.T) {
	if got := capabilities("Name:\tx\nCapEff:\t000000c000000000\nCapBnd:\tff\n"); got != 0xc000000000 {
		t.Errorf("%#x", got)
	}
}
