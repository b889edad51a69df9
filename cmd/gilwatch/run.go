package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/internal/supervise"
	"github.com/gilwatch/gilwatch/internal/target"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

func (a *app) runCommand() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] [--] COMMAND [ARG...]",
		Short: "Watch a command and all that it starts",
		Long: `Run a command, watch it and all that it starts, and report each call of the
Python C API that was made without an attached thread state.

    gilwatch run -- python app.py

The exit status is the command's, or 128+N if it died by signal N; 66 if it
succeeded but there are violations; 125 if gilwatch itself failed; 126 or 127 if
the command could not be run or was not found.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return hinted(errors.New("no command to run"), "for example: gilwatch run -- python app.py")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.run(args, &flags) },
	}
	flags.define(cmd)
	return cmd
}

// run checks all that can be checked, then watches the command.
func (a *app) run(argv []string, flags *runFlags) error {
	specs, err := flags.check()
	if err != nil {
		return err
	}
	known, err := flags.loadKnown()
	if err != nil {
		return err
	}
	program, err := target.Inspect(argv[0])
	if err != nil {
		return err
	}
	outs, err := a.openOutputs(specs, &flags.reportFlags)
	if err != nil {
		return err
	}
	defer closeOutputs(outs)

	// Who reads our output may go; the command, and its exit status, must not go with
	// them. The command does not inherit this (package supervise).
	signal.Ignore(unix.SIGPIPE)

	begin := a.begin
	if flags.backend == backendUprobe {
		begin, program = beginProbe(program)
	}
	stops := catchStops()
	w, beginErr := begin(a.log, plan{
		options: session.Options{Sensors: flags.sensorSet(), Action: actions[flags.onViolation]},
		run:     whatFor(argv, program, flags.sensors), live: a.live(flags, known), acting: a.acting(flags, known),
	})
	if beginErr != nil {
		a.complain(fmt.Errorf("the command runs unwatched: %w", beginErr))
		w = noWatch{a.log}
	}
	defer func() {
		if err := w.Close(); err != nil {
			a.log.Warn().Err(err).Msg("session not removed")
		}
	}()
	facts, err := a.supervise(argv, program, w, flags, beginErr, stops.begin)
	if err != nil {
		return err
	}
	w.WaitForRest(flags.waitChildren, stops.arrived)
	facts.Keep = known.keeps
	a.status = a.conclude(facts, w, outs, flags, known, beginErr != nil)
	return nil
}

// live is where violations are written while the command runs, nil for nowhere.
func (a *app) live(flags *runFlags, known *known) *collector.Live {
	if !flags.live {
		return nil
	}
	return &collector.Live{Out: a.stderr, Options: a.textOptions(a.stderr, &flags.reportFlags), Keep: known.shows}
}

// whatFor are the facts that lie in the session folder.
func whatFor(argv []string, program target.Target, sensors []string) session.Run {
	run := session.Run{Command: argv, Exe: program.Program(), Started: time.Now(), Sensors: sensors, Version: toolVersion()}
	run.Cwd, _ = os.Getwd() // a folder that is gone has no name
	if !program.Loadable {
		run.Unwatched = program.Reason
	}
	return run
}

// supervise runs the command and tells the facts for the report.
func (a *app) supervise(argv []string, program target.Target, w watch, flags *runFlags, beginErr error, ended func()) (collector.Run, error) {
	facts := collector.Run{Command: argv, Exe: program.Program(), Sensors: flags.sensors, Version: toolVersion()}
	command := supervise.Command{Path: program.Path, Argv: argv, Env: os.Environ()}
	if _, ok := w.(*probeWatch); ok {
		command.Ignored = probe.StopSignal
	}
	switch {
	case beginErr != nil:
		facts.Unwatched = "gilwatch failed: " + beginErr.Error()
	case program.Loadable:
		command.Env = w.Environ(command.Env)
	default:
		facts.Unwatched = program.Reason
		if program.PassesOn {
			command.Env = w.Environ(command.Env)
		}
		a.log.Info().Str("program", facts.Exe).Str("reason", program.Reason).Msg("program cannot be watched")
	}
	command.HoldStops = beginErr == nil && actions[flags.onViolation] == journal.Stop
	command.Started = func(pid int) {
		a.log.Debug().Int("pid", pid).Str("path", program.Path).Msg("command started")
		w.CommandStarted(pid)
	}
	command.Ended = ended
	result, err := supervise.Run(command)
	if err != nil {
		return facts, err
	}
	facts.Pid, facts.Started, facts.Finished = result.Pid, result.Started, result.Finished
	if result.Signal != 0 {
		facts.Signal = new(int(result.Signal))
	} else {
		facts.ExitCode = new(result.ExitCode)
	}
	return facts, nil
}

// conclude writes the reports and returns the exit status.
func (a *app) conclude(facts collector.Run, w watch, outs []output, flags *runFlags, known *known, failed bool) int {
	o := outcome{failed: failed, errorExit: flags.errorExit}
	if facts.Signal != nil {
		o.signal = *facts.Signal
	} else {
		o.exitCode = *facts.ExitCode
	}
	r, err := w.Finish(facts)
	if err != nil {
		a.complain(fmt.Errorf("make the report: %w", err))
		a.keep(w, nil)
		o.failed = true
		return exitStatus(o)
	}
	if err := w.Trouble(); err != nil {
		a.complain(err)
		o.failed = true
	}
	known.apply(r)
	o.violations = failing(r, flags.failOn)
	if flags.live && len(r.Violations) > 0 {
		fmt.Fprintln(a.stderr) // between what was written before and the report
	}
	if err := a.writeReports(r, outs, &flags.reportFlags); err != nil {
		a.complain(err)
		a.keep(w, r)
		o.failed = true
	}
	if !flags.quiet {
		a.sayUnused(known, r)
	}
	return exitStatus(o)
}

// keep keeps what was found when a report could not be made or written, and says where it
// is.
func (a *app) keep(w watch, r *report.Report) {
	folder, err := w.Keep(r)
	if folder == "" {
		return
	}
	if err != nil {
		a.log.Warn().Err(err).Msg("the kept session has journals only, no Python stacks")
	}
	fmt.Fprintf(a.stderr, "gilwatch: the session is kept for a day: gilwatch report %s\n", shellWords([]string{folder}))
}
