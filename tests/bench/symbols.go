package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// symbolizing is what addresses cost to name: the benchmarks of internal/symbols, which have
// its debug information to hand.
func symbolizing(b *bench) *table {
	measured := goBenchmarks(b, "./internal/symbols", "^Benchmark(Resolve|LargeDebugFile)$")
	t := newTable("what", "measured", "goal")
	resolve, ok := measured["Resolve ns/op"]
	if !ok {
		b.Fatalf("no time in %v", measured)
	}
	peak, ok := measured["LargeDebugFile peak-MB"]
	if !ok {
		b.Fatalf("no memory in %v", measured)
	}
	t.row("1,000 distinct violations over 300 modules, s", resolve/1e9, "2")
	t.row("the same, processor's time, s", measured["Resolve cpu-s"], "2")
	t.row("memory for a module with 500 MB of debug information, MB", peak, "300")
	t.note("The modules' files are in the page cache; each is opened and read for the first time.")
	return t
}

// goBenchmarks runs a package's benchmarks that match a pattern, and returns what they
// report by "Name unit".
func goBenchmarks(b *bench, pkg, pattern string) map[string]float64 {
	command := exec.Command("go", "test", "-run", "^$", "-bench", pattern, "-benchtime", "1x", pkg)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		b.Fatalf("%s: %v\n%s", strings.Join(command.Args, " "), err, out)
	}
	return parseBenchmarks(string(out))
}

// parseBenchmarks reads lines like "BenchmarkResolve-2  1  840213456 ns/op".
func parseBenchmarks(out string) map[string]float64 {
	measured := map[string]float64{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		name, ok := strings.CutPrefix(line, "Benchmark")
		if !ok || len(fields) < 4 {
			continue
		}
		name, _, _ = strings.Cut(strings.Fields(name)[0], "-")
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				measured[name+" "+fields[i+1]] = value
			}
		}
	}
	return measured
}
