package suite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Campaign is a comparison of suites.
type Campaign struct {
	Gilwatch string
	Suites   []Suite
	Jobs     int           // parts at a time
	Folder   string        // keeps the results and the output of what differed; parts in it are not run again; "": a new one
	Until    time.Duration // no part is begun after this; 0: no limit
	Expect   []Deliberate
	Print    io.Writer
}

// ErrDifferent says that something differed or was found.
var ErrDifferent = errors.New("the runs differ")

// errInterrupted says that a run was ended from outside.
var errInterrupted = errors.New("interrupted")

// ErrUnfinished says that not all parts have run.
var ErrUnfinished = errors.New("not all parts have run")

type task struct {
	suite string
	part  Part
}

// Run runs what is not in the results yet and prints the whole.
func (c *Campaign) Run() error {
	if err := c.makeFolder(); err != nil {
		return err
	}
	short, err := os.MkdirTemp("/tmp", "gws-")
	if err != nil {
		return fmt.Errorf("make a working folder: %w", err)
	}
	defer removeAll(short)
	file := results{filepath.Join(c.Folder, "results.jsonl")}
	records, err := file.read()
	if err != nil {
		return err
	}
	tasks := c.left(records)
	end := interrupted()
	r := newRunner(c.Gilwatch, short, end)
	queue := make(chan task)
	var lock sync.Mutex
	var failures []error
	var group sync.WaitGroup
	for range c.Jobs {
		group.Go(func() {
			for t := range queue {
				record, err := c.one(r, t)
				lock.Lock()
				switch err = errors.Join(err, file.add(record)); {
				case errors.Is(err, errInterrupted):
				case err != nil:
					fmt.Fprintf(c.Print, "%s %s: %v\n", t.suite, t.part.Name, err)
					failures = append(failures, err)
				default:
					records = append(records, *record)
					printRecord(c.Print, record)
				}
				lock.Unlock()
			}
		})
	}
	feed(queue, tasks, c.Until, end)
	group.Wait()
	printTotals(c.Print, c.Suites, records)
	fmt.Fprintln(c.Print, "\nresults in", c.Folder)
	if len(failures) > 0 {
		return errors.Join(failures...)
	}
	for i := range records {
		if c.has(&records[i]) && !records[i].done() {
			return ErrDifferent
		}
	}
	if left := len(c.left(records)); left > 0 {
		return fmt.Errorf("%w: %d left", ErrUnfinished, left)
	}
	return nil
}

func (c *Campaign) makeFolder() (err error) {
	if c.Folder == "" {
		c.Folder, err = os.MkdirTemp("", "gilwatch-suites-")
	} else if c.Folder, err = filepath.Abs(c.Folder); err == nil {
		err = os.MkdirAll(c.Folder, 0o755)
	}
	if err != nil {
		return fmt.Errorf("make a folder for the results: %w", err)
	}
	return nil
}

// left lists the parts that have no record, the first of each suite before the second of any.
func (c *Campaign) left(records []Record) []task {
	done := map[[2]string]bool{}
	for _, record := range records {
		done[[2]string{record.Suite, record.Part}] = true
	}
	longest := 0
	for _, s := range c.Suites {
		longest = max(longest, len(s.Parts))
	}
	var tasks []task
	for i := range longest {
		for _, s := range c.Suites {
			if i < len(s.Parts) && !done[[2]string{s.Name, s.Parts[i].Name}] {
				tasks = append(tasks, task{s.Name, s.Parts[i]})
			}
		}
	}
	return tasks
}

// has says whether a record is of one of the campaign's suites.
func (c *Campaign) has(record *Record) bool {
	for _, s := range c.Suites {
		if s.Name == record.Suite {
			return true
		}
	}
	return false
}

// feed hands the tasks out, until it is late or the campaign is told to end.
func feed(queue chan<- task, tasks []task, until time.Duration, end <-chan struct{}) {
	defer close(queue)
	var late <-chan time.Time
	if until > 0 {
		late = time.After(until)
	}
	for _, t := range tasks {
		select {
		case queue <- t:
		case <-late:
			return
		case <-end:
			return
		}
	}
}

// one runs a part and keeps what differs.
func (c *Campaign) one(r *runner, t task) (*Record, error) {
	keep := filepath.Join(c.Folder, t.suite)
	if err := os.MkdirAll(keep, 0o755); err != nil {
		return nil, fmt.Errorf("make a folder for what differs: %w", err)
	}
	record, err := r.pair(t.part, keep)
	if err != nil {
		return nil, err
	}
	record.Suite = t.suite
	for i := range record.Violations {
		record.Violations[i].Why = why(c.Expect, &record.Violations[i])
	}
	return record, nil
}
