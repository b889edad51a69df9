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
	Folder   string        // keeps the results and the output of what differed; parts in it are not run again
	Until    time.Duration // no part is begun after this; 0: no limit
	Expect   []Deliberate
	Print    io.Writer
}

// ErrDifferent says that something differed or was found.
var ErrDifferent = errors.New("the runs differ")

// ErrUnfinished says that not all parts have run.
var ErrUnfinished = errors.New("not all parts have run")

type task struct {
	suite string
	part  Part
}

// Run runs what is not in the results yet and prints the whole.
func (c *Campaign) Run() error {
	if err := os.MkdirAll(c.Folder, 0o755); err != nil {
		return fmt.Errorf("make a folder for the results: %w", err)
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
	r := newRunner(c.Gilwatch, short)
	queue := make(chan task)
	var lock sync.Mutex
	var failures []error
	var group sync.WaitGroup
	for range c.Jobs {
		group.Go(func() {
			for t := range queue {
				record, err := c.one(r, t)
				lock.Lock()
				if err == nil {
					err = file.add(record)
					records = append(records, *record)
				}
				if err != nil {
					fmt.Fprintf(c.Print, "%s %s: %v\n", t.suite, t.part.Name, err)
					failures = append(failures, err)
				} else {
					printRecord(c.Print, record)
				}
				lock.Unlock()
			}
		})
	}
	sent := feed(queue, tasks, c.Until)
	group.Wait()
	printTotals(c.Print, c.Suites, records)
	if len(failures) > 0 {
		return errors.Join(failures...)
	}
	for i := range records {
		if c.has(&records[i]) && !records[i].done() {
			return ErrDifferent
		}
	}
	if sent < len(tasks) {
		return fmt.Errorf("%w: %d left", ErrUnfinished, len(tasks)-sent)
	}
	return nil
}

// left lists the parts that have no record.
func (c *Campaign) left(records []Record) []task {
	done := map[[2]string]bool{}
	for _, record := range records {
		done[[2]string{record.Suite, record.Part}] = true
	}
	var tasks []task
	for _, s := range c.Suites {
		for _, part := range s.Parts {
			if !done[[2]string{s.Name, part.Name}] {
				tasks = append(tasks, task{s.Name, part})
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

// feed hands the tasks out and returns how many it did.
func feed(queue chan<- task, tasks []task, until time.Duration) int {
	defer close(queue)
	start := time.Now()
	for i, t := range tasks {
		if until > 0 && time.Since(start) > until {
			return i
		}
		queue <- t
	}
	return len(tasks)
}

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
