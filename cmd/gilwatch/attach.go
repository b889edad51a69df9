package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/probe"
	"github.com/gilwatch/gilwatch/internal/probe/process"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/settings"
	"github.com/gilwatch/gilwatch/internal/suppress"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// attachFlags are the flags of `gilwatch attach`.
type attachFlags struct {
	reportFlags
	pids       []int
	duration   time.Duration
	children   bool
	stopOnLoad bool
	brake      int
}

func (a *app) attachCommand() *cobra.Command {
	var flags attachFlags
	cmd := &cobra.Command{
		Use:   "attach --pid PID [flags]",
		Short: "Watch a running process, nothing loaded into it",
		Long: `Watch processes that run already, by eBPF uprobes on the call sites in their
extension modules, and report each call of the Python C API that is made without an
attached thread state from now on.

    gilwatch attach --pid 1234 --duration 60s

It ends when the processes end, after --duration, or on Ctrl-C, and leaves nothing
behind. It needs Linux 6.6 and the capabilities cap_bpf and cap_perfmon, with
cap_sys_ptrace for other users' processes: gilwatch doctor says what is missing.

The exit status is 0, or 66 if there are violations; 125 if gilwatch itself failed.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.attach(&flags) },
	}
	flags.define(cmd)
	return cmd
}

func (f *attachFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.reportFlags.define(flags)
	flags.IntSliceVar(&f.pids, "pid", nil, "watch the process with this `PID`; repeatable, or separated by commas")
	flags.Var(settings.Duration(&f.duration, 0), "duration", "end after this `TIME`, for example 90s or 10m")
	flags.BoolVar(&f.children, "children", false, "watch what the processes fork and execute, too")
	flags.BoolVar(&f.stopOnLoad, "stop-on-load", false,
		"stop a process for the moment in which a module that it loads is prepared, so that none of its calls is missed")
	flags.Var(settings.Number(&f.brake, probe.DefaultBrake, 0, math.MaxInt32), "brake",
		"calls a second, over all, from which on the hottest call sites are switched off; 0 is no limit")
	flags.Lookup("watch").Usage = "modules to watch, by file name `GLOB`; repeatable; '*' takes the standard library's own in"
	flags.Lookup("ignore").Usage = "modules not to watch, by file name `GLOB`; repeatable"
	noCommand(flags)
}

// options checks the flags that run has not.
func (f *attachFlags) options() (probe.Options, error) {
	o := probe.Options{Children: f.children, StopOnLoad: f.stopOnLoad, Brake: f.brake}
	o.Modules = suppress.Modules{Watch: f.watch, Ignore: f.ignore}
	if f.brake == 0 {
		o.Brake = -1
	}
	if len(f.pids) == 0 {
		return o, hinted(errors.New("no process to attach to"), "for example: gilwatch attach --pid 1234")
	}
	for _, pid := range f.pids {
		if pid <= 0 {
			return o, hinted(fmt.Errorf("--pid %d is no process", pid), "give the number that ps or pgrep shows")
		}
	}
	return o, nil
}

func (a *app) attach(flags *attachFlags) error {
	options, err := flags.options()
	if err != nil {
		return err
	}
	specs, err := flags.check()
	if err != nil {
		return err
	}
	known, err := flags.loadKnown()
	if err != nil {
		return err
	}
	options.Log = a.log
	ctx, cancel := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
	defer cancel()
	s, err := probe.New(options)
	if err != nil {
		return attachError(err)
	}
	defer s.Close()
	facts := collector.Run{
		Command: os.Args, Started: time.Now(), Sensors: []string{report.SensorUprobe}, Version: toolVersion(), Keep: known.keeps,
	}
	for _, pid := range flags.pids {
		if err := s.Attach(pid); err != nil {
			return attachError(err)
		}
	}
	outs, err := a.openOutputs(specs, &flags.reportFlags)
	if err != nil {
		return err
	}
	defer closeOutputs(outs)
	if !flags.quiet {
		fmt.Fprintf(a.stderr, "gilwatch: watching %s; Ctrl-C ends it\n", pidWords(flags.pids))
	}
	if flags.duration > 0 {
		ctx, cancel = context.WithTimeout(ctx, flags.duration)
		defer cancel()
	}
	s.Wait(ctx)
	s.Stop()
	facts.Finished = time.Now()
	r := s.Report(facts)
	known.apply(r)
	failed := false
	if err := a.writeReports(r, outs, &flags.reportFlags); err != nil {
		a.complain(err)
		failed = true
	}
	if !flags.quiet {
		a.sayUnused(known, r)
	}
	a.status = exitStatus(outcome{failed: failed, violations: failing(r, flags.failOn), errorExit: flags.errorExit})
	return nil
}

func pidWords(pids []int) string {
	words := strings.Trim(fmt.Sprint(pids), "[]")
	if len(pids) == 1 {
		return "process " + words
	}
	return "processes " + strings.ReplaceAll(words, " ", ", ")
}

// attachError adds what to do about it.
func attachError(err error) error {
	var own interface{ Hint() string }
	switch {
	case errors.As(err, &own):
		return err
	case errors.Is(err, probe.ErrNoProcess):
		return hinted(err, "check the number with: pgrep -a python")
	case errors.Is(err, process.ErrNotPython):
		return hinted(err, "give the pid of the python process itself; with --children its parent will do")
	case errors.Is(err, probe.ErrDied):
		return hinted(err, "start it under gilwatch run to see how it ends")
	case errors.Is(err, probe.ErrNoRight):
		return hinted(err, "run gilwatch as the process's user or as root, or give it cap_sys_ptrace")
	case errors.Is(err, process.ErrVersion):
		return hinted(err, "start it with a newer python")
	}
	return err
}
