package main

import (
	"fmt"
	"time"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/settings"
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
	sensors      []string
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
	flags.Var(settings.Duration(&f.waitChildren, defaultWaitChildren), "wait-children", "how long to wait, once the command has ended, "+
		"for processes that it left running, such as 30s; 0 waits for none; those left are named in the report")
	flags.BoolVar(&f.live, "live", false, "write each new violation to stderr, in short, as soon as it is seen")
	flags.Var(settings.Choice(&f.backend, backendShim, backendShim, backendUprobe), "backend",
		"how to watch: shim, a preloaded library; uprobe, eBPF, for programs that take none")
	flags.Var(settings.Choice(&f.onViolation, onViolationReport, onViolationReport, "acquire", "stop", "abort"), "on-violation",
		"`ACTION` at a violation: report; acquire (make the call with the GIL held, and go past it), "+
			"stop (before the call, for gdb) or abort (before the call, for a core dump)")
	f.sensors = []string{report.SensorCalls, report.SensorAlloc}
	flags.Var(&settings.List{Values: &f.sensors, Separator: ",", Words: f.sensors}, "sensors", "sensors to use, a `LIST` of: calls, alloc")
}

// sensorsByName holds the values of --sensors.
var sensorsByName = map[string]journal.Sensors{
	report.SensorCalls: journal.SensorCalls,
	report.SensorAlloc: journal.SensorAlloc,
}

// sensorSet is the checked value of --sensors.
func (f *runFlags) sensorSet() journal.Sensors {
	var set journal.Sensors
	for _, sensor := range f.sensors {
		set |= sensorsByName[sensor]
	}
	return set
}

// check says what does not go together, before anything runs, and returns the reports to write.
func (f *runFlags) check() ([]report.Spec, error) {
	if f.backend == backendUprobe && f.onViolation != onViolationReport {
		return nil, hinted(fmt.Errorf("--on-violation %s: eBPF only looks on", f.onViolation), "use --backend shim")
	}
	return f.reportFlags.check()
}
