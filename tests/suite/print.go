package suite

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"
)

func printRecord(w io.Writer, r *Record) {
	fmt.Fprintf(w, "%s %s: %d tests, %.0f s and %.0f s, %s, %d processes\n", r.Suite, r.Part,
		total(r.Outcomes[Watched]), r.Seconds[Bare], r.Seconds[Watched], r.Ends[Watched], r.Processes)
	for _, d := range r.Differences {
		fmt.Fprintf(w, "    %s\n", d)
	}
	for _, f := range r.Violations {
		if f.Why == "" {
			fmt.Fprintf(w, "    %s: %s, %d times\n", f.Severity, f.Function, f.Count)
			for _, frame := range append(f.Stack, f.Python...) {
				fmt.Fprintf(w, "        %s\n", frame)
			}
		}
	}
	if r.Lost > 0 {
		fmt.Fprintf(w, "    %d violations lost\n", r.Lost)
	}
}

func total(counts map[Outcome]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// sum is what a suite came to.
type sum struct {
	parts, tests, deliberate, other, processes, unwatched, lost int
	outcomes                                                    map[Outcome]int
	verdicts                                                    map[Verdict]int
	seconds                                                     [2]float64
}

func (s *sum) add(r *Record) {
	s.parts++
	s.tests += total(r.Outcomes[Watched])
	for outcome, n := range r.Outcomes[Watched] {
		s.outcomes[outcome] += n
	}
	for _, d := range r.Differences {
		s.verdicts[d.Verdict]++
	}
	for _, f := range r.Violations {
		if f.Why != "" {
			s.deliberate++
		} else {
			s.other++
		}
	}
	for _, n := range r.Unwatched {
		s.unwatched += n
	}
	s.processes += r.Processes
	s.lost += r.Lost
	for _, side := range Sides {
		s.seconds[side] += r.Seconds[side]
	}
}

// printTotals prints what stands in the results, a line for each suite, and then every
// difference.
func printTotals(w io.Writer, suites []Suite, records []Record) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nsuite\tparts\ttests\tpass\tskip\tfail, error\tdiffer\tonce\tflaky\tdeliberate\tother\tlost\tprocesses\tunwatched\tseconds bare, watched")
	var unwatched = map[string]int{}
	for _, s := range suites {
		sum := sum{outcomes: map[Outcome]int{}, verdicts: map[Verdict]int{}}
		for i := range records {
			if records[i].Suite == s.Name {
				sum.add(&records[i])
				for reason, n := range records[i].Unwatched {
					unwatched[reason] += n
				}
			}
		}
		fmt.Fprintf(table, "%s\t%d of %d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.0f, %.0f\n", s.Name,
			sum.parts, len(s.Parts), sum.tests, sum.outcomes["pass"], sum.outcomes["skip"], sum.outcomes["fail"]+sum.outcomes["error"],
			sum.verdicts[Differs], sum.verdicts[Once], sum.verdicts[Flaky],
			sum.deliberate, sum.other, sum.lost, sum.processes, sum.unwatched, sum.seconds[Bare], sum.seconds[Watched])
	}
	table.Flush()
	for _, verdict := range []Verdict{Differs, Once, Flaky} {
		printVerdict(w, records, verdict)
	}
	var reasons []string
	for reason, n := range unwatched {
		reasons = append(reasons, fmt.Sprintf("%d: %s", n, reason))
	}
	sort.Strings(reasons)
	fmt.Fprintf(w, "\nunwatched processes\n    %s\n", strings.Join(reasons, "\n    "))
}

func printVerdict(w io.Writer, records []Record, verdict Verdict) {
	fmt.Fprintf(w, "\n%s\n", verdict)
	none := true
	for i := range records {
		for _, d := range records[i].Differences {
			if d.Verdict == verdict {
				fmt.Fprintf(w, "    %s %s %s\n", records[i].Suite, records[i].Part, d)
				none = false
			}
		}
	}
	if none {
		fmt.Fprintln(w, "    none")
	}
}
