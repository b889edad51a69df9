package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/spf13/cobra"
)

// defaultWaitChildren is long enough for what ends by itself when the command does, such
// as multiprocessing's resource tracker, and short enough for a command that leaves a
// daemon behind on purpose.
const defaultWaitChildren = time.Second

// runFlags are the flags of `gilwatch run`.
type runFlags struct {
	reportFlags
	live         bool
	waitChildren time.Duration
	onViolation  string
	sensors      string
	backend      string
}

const (
	onViolationReport = "report"
	backendShim       = "shim"
	backendUprobe     = "uprobe"
)

func (f *runFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SetInterspersed(false) // what follows the command's name is the command's
	f.reportFlags.define(flags)
	flags.DurationVar(&f.waitChildren, "wait-children", defaultWaitChildren, "how long to wait, once the command has ended, "+
		"for processes that it left running, such as 30s; 0 waits for none; those left are named in the report")
	flags.BoolVar(&f.live, "live", false, "write each new violation to stderr, in short, as soon as it is seen")
	flags.StringVar(&f.backend, "backend", backendShim,
		"how to watch: shim, a preloaded library; uprobe, eBPF, for programs that take none")
	flags.StringVar(&f.onViolation, "on-violation", onViolationReport,
		"what is `done` at a violation: report; acquire (make the call with the GIL held, and go past it), "+
			"stop (before the call, for gdb) or abort (before the call, for a core dump)")
	flags.StringVar(&f.sensors, "sensors", "calls,alloc", "sensors to use, a `LIST` of: calls, alloc")
}

// sensorsByName holds the values of --sensors.
var sensorsByName = map[string]journal.Sensors{
	report.SensorCalls: journal.SensorCalls,
	report.SensorAlloc: journal.SensorAlloc,
}

// sensorSet is the checked value of --sensors.
func (f *runFlags) sensorSet() journal.Sensors {
	var set journal.Sensors
	for _, sensor := range strings.Split(f.sensors, ",") {
		set |= sensorsByName[sensor]
	}
	return set
}

// check says what is wrong with the flags, or not built yet, before anything runs.
func (f *runFlags) check() ([]report.Spec, error) {
	if f.waitChildren < 0 {
		return nil, hinted(fmt.Errorf("--wait-children %s is no time to wait", f.waitChildren), "use a duration such as 500ms, 30s or 5m")
	}
	if f.backend != backendShim && f.backend != backendUprobe {
		return nil, hinted(fmt.Errorf("unknown value %q of --backend", f.backend), "use one of: shim, uprobe")
	}
	for _, sensor := range strings.Split(f.sensors, ",") {
		if sensorsByName[sensor] == 0 {
			return nil, hinted(fmt.Errorf("unknown sensor %q", sensor), "use one of: calls, alloc")
		}
	}
	if _, ok := actions[f.onViolation]; !ok {
		return nil, hinted(fmt.Errorf("unknown value %q of --on-violation", f.onViolation), "use one of: report, acquire, stop, abort")
	}
	if f.backend == backendUprobe && f.onViolation != onViolationReport {
		return nil, hinted(fmt.Errorf("--on-violation %s: eBPF only looks on", f.onViolation), "use --backend shim")
	}
	return f.reportFlags.check()
}

func checkErrorExit(status int) error {
	if status < 0 || status > 255 {
		return hinted(fmt.Errorf("--error-exitcode %d is no exit status", status), "use a number from 0 to 255")
	}
	return nil
}
