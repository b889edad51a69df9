package main

import "testing"

func TestParseBenchmarks(t *testing.T) {
	got := parseBenchmarks("goos: linux\nBenchmarkResolve-2  \t 1\t 840213456 ns/op\nBenchmarkLargeDebugFile \t 1 \t 5 ns/op\t 57.50 peak-MB\nPASS\n")
	if len(got) != 3 || got["Resolve ns/op"] != 840213456 || got["LargeDebugFile peak-MB"] != 57.5 {
		t.Errorf("got %v", got)
	}
}
