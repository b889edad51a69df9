package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/internal/collector"
	"github.com/gilwatch/gilwatch/internal/session"
	"github.com/gilwatch/gilwatch/internal/target"
)

// probeScript imports an extension, which the gates then lie in, and tells the
// libc that the interpreter runs with.
const probeScript = `
import os
try:
    import _ctypes
except ImportError:
    pass
print(os.confstr("CS_GNU_LIBC_VERSION"))
`

// probeLimit is how long the script may take, on the slowest of machines.
const probeLimit = time.Minute

// probe runs the interpreter under watch and tells f what was watched.
func (a *app) probe(t target.Target, f *findings) error {
	w, err := a.begin(a.log, plan{run: session.Run{Version: toolVersion()}})
	if err != nil {
		f.obstacle("%s", err)
		return nil
	}
	defer w.Close()

	cmd := exec.Command(t.Path, "-c", probeScript)
	cmd.Env = w.Environ(os.Environ())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	facts := collector.Run{Command: cmd.Args, Exe: t.Program(), Started: time.Now(), Version: toolVersion()}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the interpreter: %w", err)
	}
	limit := time.AfterFunc(probeLimit, func() { cmd.Process.Kill() })
	waitErr := cmd.Wait()
	limit.Stop()
	facts.Pid, facts.Finished, facts.ExitCode = cmd.Process.Pid, time.Now(), new(cmd.ProcessState.ExitCode())

	if waitErr != nil {
		f.obstacle("it ended with %s under the shim: %s", cmd.ProcessState, lastLine(stderr.String()))
	} else if libc := strings.TrimSpace(stdout.String()); libc != "" {
		f.fact("libc", "%s", libc)
	}
	r, err := w.Finish(facts)
	if err != nil {
		return fmt.Errorf("make the report: %w", err)
	}
	for _, p := range r.Processes {
		if p.PID == facts.Pid {
			f.describeWatched(p)
			return nil
		}
	}
	f.obstacle("%s", "the shim was not heard of")
	return nil
}

// lastLine is where a program says what went wrong.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
