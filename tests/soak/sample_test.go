package soak

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what a process uses.
type usage struct {
	memory      int // bytes that are resident
	descriptors int
}

// sample is one moment of the run.
type sample struct {
	after                 time.Duration
	processes, violations int
	collector, target     usage
}

// String is a row of the table.
func (s sample) String() string {
	return fmt.Sprintf("| %.0f s | %d | %d | %d | %d | %d | %d |", s.after.Seconds(), s.processes, s.violations,
		s.collector.memory>>10, s.collector.descriptors, s.target.memory>>10, s.target.descriptors)
}

// usageOf asks the kernel.
func usageOf(pid int) (usage, error) {
	folder := "/proc/" + strconv.Itoa(pid)
	statm, err := os.ReadFile(folder + "/statm")
	if err != nil {
		return usage{}, fmt.Errorf("sample process %d: %w", pid, err)
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return usage{}, fmt.Errorf("sample process %d: %q", pid, statm)
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		return usage{}, fmt.Errorf("sample process %d: %w", pid, err)
	}
	descriptors, err := os.ReadDir(folder + "/fd")
	if err != nil {
		return usage{}, fmt.Errorf("sample process %d: %w", pid, err)
	}
	return usage{pages * os.Getpagesize(), len(descriptors)}, nil
}
