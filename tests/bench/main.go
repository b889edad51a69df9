// Command bench measures what gilwatch costs, on every interpreter at hand, and prints
// tables in Markdown. It asserts nothing about time. Each figure of a run compares
// a watched one with one that is not, in pairs and by turns; what is told is the median over
// the pairs.
//
//	go run ./tests/bench [-only calls,startup] [-python 3.12] [-scale 0.2]
//
// It needs what the end-to-end tests need: bin/gilwatch, a C compiler, the interpreters;
// section html needs Chromium.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/standin"
)

// section is one of the tables.
type section struct {
	name  string
	title string
	run   func(b *bench) *table
}

var sections = []section{
	{"calls", "A clean call", calls},
	{"switches", "Giving up and taking the GIL", switches},
	{"violations", "A violation at a site that fires a million times", violations},
	{"startup", "Start-up and exit of `python -c pass`", startup},
	{"imports", "Importing more than 100 extension modules", imports},
	{"workloads", "Workloads", workloads},
	{"alloc", "The alloc sensor", alloc},
	{"refcount", "A module rebuilt with `gilwatch cflags`", refcounts},
	{"attach", "Watching a process that runs", attachments},
	{"html", "The HTML report", htmlReport},
	{"symbols", "Naming addresses", symbolizing},
}

func main() {
	only := flag.String("only", "", "comma-separated `sections`: calls, switches, violations, startup, imports, workloads, alloc, refcount, attach, html, symbols")
	python := flag.String("python", "", "measure only interpreters whose version begins with this `prefix`")
	scale := flag.Float64("scale", 1, "multiply the numbers of rounds by this `factor`")
	flag.Parse()
	if err := run(*only, *python, *scale); err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}

// run prints the chosen sections. A failed one does not keep the others from running.
func run(only, python string, scale float64) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "gilwatch-bench-")
	if err != nil {
		return fmt.Errorf("make a working folder: %w", err)
	}
	defer os.RemoveAll(folder)
	b := &bench{TB: standin.TB{Folder: folder}, scale: scale}
	if err := standin.Attempt(func() { b.prepare(python) }); err != nil {
		return err
	}
	fmt.Print(machine(), "\n")
	var failed []string
	for _, s := range chosen {
		fmt.Printf("## %s\n\n", s.title)
		if err := standin.Attempt(func() { fmt.Print(s.run(b), "\n") }); err != nil {
			fmt.Fprintf(os.Stderr, "bench: error: %s: %v\n", s.name, err)
			failed = append(failed, s.name)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("not measured: %s", strings.Join(failed, ", "))
	}
	return nil
}

// choose returns the sections named in a comma-separated list, all for "".
func choose(only string) ([]section, error) {
	if only == "" {
		return sections, nil
	}
	var chosen []section
	for _, name := range strings.Split(only, ",") {
		before := len(chosen)
		for _, s := range sections {
			if s.name == name {
				chosen = append(chosen, s)
			}
		}
		if len(chosen) == before {
			return nil, fmt.Errorf("no section %q", name)
		}
	}
	return chosen, nil
}

// bench is what the sections share.
type bench struct {
	standin.TB
	scale   float64
	pythons []pythons.Python
	binary  string // gilwatch
	data    string // the folder of the scripts and C sources
}

// rounds scales a number of rounds, to no fewer than 3.
func (b *bench) rounds(n int) int { return max(3, int(float64(n)*b.scale)) }

// file is the path of a file in testdata.
func (b *bench) file(name string) string { return filepath.Join(b.data, name) }
