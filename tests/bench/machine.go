package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// machine describes where and when the figures were measured. The load tells how quiet
// it was: one that is far above 1 spoils the nanoseconds.
func machine() string {
	return fmt.Sprintf("%s, %s, %d CPUs, Linux %s, load %s\n",
		time.Now().Format(time.DateOnly), processor(), runtime.NumCPU(), kernel(), load())
}

// processor is the first CPU's model name, from /proc/cpuinfo.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}

// kernel is the running kernel's release.
func kernel() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(name.Release[:])
}

// load is the load average of the last minute.
func load() string {
	average, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(average), " ")
	return first
}
