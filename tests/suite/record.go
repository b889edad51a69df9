package suite

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// Record is what is known of a part after both sides, a line in the results.
type Record struct {
	Suite       string
	Part        string
	Seconds     [2]float64
	Ends        [2]Outcome
	Outcomes    [2]map[Outcome]int // how many tests came to what
	Differences []Difference       `json:",omitempty"`
	Violations  []Finding          `json:",omitempty"`
	Unwatched   map[string]int     `json:",omitempty"` // processes by the reason
	Processes   int                // watched ones
	Modules     int
	Lost        int
}

// Finding is a violation in short.
type Finding struct {
	Function string
	Severity string
	Kind     string
	Count    int
	Stack    []string // innermost first, "function (module)"
	Python   []string
	Why      string // from the table of deliberate ones; "" if it is in none
}

func newRecord(part Part, sides [2]*result) *Record {
	record := &Record{Part: part.Name, Unwatched: map[string]int{}}
	for _, side := range Sides {
		record.Seconds[side] = sides[side].elapsed.Seconds()
		record.Ends[side] = sides[side].tests[Whole]
		record.Outcomes[side] = map[Outcome]int{}
		for name, outcome := range sides[side].tests {
			if name != Whole {
				record.Outcomes[side][outcome]++
			}
		}
	}
	report := sides[Watched].report
	for _, p := range report.Processes {
		if !p.Watched {
			record.Unwatched[reason(p)]++
		}
	}
	record.Processes, record.Lost = report.Summary.ProcessesWatched, report.Summary.Lost
	record.Modules = report.Summary.ModulesWatched
	for _, v := range report.Violations {
		record.Violations = append(record.Violations, finding(v))
	}
	return record
}

func reason(p watch.Process) string {
	if p.Reason == nil {
		return "no reason given"
	}
	return *p.Reason
}

func finding(v watch.Violation) Finding {
	f := Finding{Function: v.Function, Severity: v.Severity, Kind: v.Kind, Count: v.Count}
	for _, frame := range v.NativeStack {
		text := frame.String()
		if at := strings.LastIndex(text, "("); frame.Module != nil {
			text = text[:at] + "(" + filepath.Base(*frame.Module) + ")"
		}
		f.Stack = append(f.Stack, text)
	}
	for _, frame := range v.PythonStack {
		f.Python = append(f.Python, fmt.Sprintf("%s (%s:%d)", frame.Function, filepath.Base(frame.File), frame.Line))
	}
	return f
}

// done says that nothing is left to explain.
func (r *Record) done() bool {
	for _, d := range r.Differences {
		if d.Verdict == Differs {
			return false
		}
	}
	for _, f := range r.Violations {
		if f.Why == "" {
			return false
		}
	}
	return r.Lost == 0 && r.Processes > 0
}

// results is the file that records are added to, a line each, so that a run that was
// interrupted goes on where it was.
type results struct{ path string }

func (r results) read() ([]Record, error) {
	file, err := os.Open(r.path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the results of an earlier run: %w", err)
	}
	defer file.Close()
	var all []Record
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var record Record
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			return nil, fmt.Errorf("read %s: %w", r.path, err)
		}
		all = append(all, record)
	}
	return all, lines.Err()
}

func (r results) add(record *Record) error {
	if record == nil {
		return nil
	}
	line, err := json.Marshal(record)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("add to the results: %w", err)
	}
	defer file.Close()
	if _, err := file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("add to the results: %w", err)
	}
	return nil
}
