package report

import (
	"strings"
	"testing"
)

// Only a run can wait for what outlives it: attach has no such flag.
func TestStillRunning(t *testing.T) {
	const hint = "--wait-children"
	for _, tt := range []struct {
		name      string
		processes []Process
		named     string
		hinted    bool
	}{
		{"run", []Process{{PID: 7, Backend: BackendShim, Running: true}, {PID: 8, Backend: BackendShim}}, "pid 7", true},
		{"attach", []Process{{PID: 7, Backend: BackendUprobe, Running: true}}, "pid 7", false},
		{"ended", []Process{{PID: 8, Backend: BackendShim}}, "", false},
	} {
		got := stillRunning(tt.processes)
		if (got == "") != (tt.named == "") || !strings.Contains(got, tt.named) || strings.Contains(got, "pid 8") ||
			strings.Contains(got, hint) != tt.hinted {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
