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

// probeScript imports an extension, which the gates then lie in, and tells the libc that the
// interpreter runs with, the file that defines the C API, and where its extension modules lie.
const probeScript = `
import os, sys, sysconfig
try:
    import _ctypes
except ImportError:
    pass
print(os.confstr("CS_GNU_LIBC_VERSION"))
library = os.path.join(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("LDLIBRARY") or "")
print(library if ".so" in library and os.path.exists(library) else sys.executable)
for folder in sys.path:
    if folder.endswith(("lib-dynload", "-packages")):
        print(folder)
`

// probeLimit is how long the script may take, on the slowest of machines.
const probeLimit = time.Minute

// probed is an interpreter that was run.
type probed struct {
	python  string   // its version
	api     string   // the file that defines the C API
	folders []string // of its extension modules
}

// probe runs the interpreter under watch and tells f what was watched.
func (a *app) probe(t target.Target, f *findings) (probed, error) {
	var seen probed
	w, err := a.begin(a.log, plan{run: session.Run{Version: toolVersion()}})
	if err != nil {
		f.obstacle("%s", err)
		return seen, nil
	}
	defer w.Close()

	cmd := exec.Command(t.Path, "-c", probeScript)
	cmd.Env = w.Environ(os.Environ())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	facts := collector.Run{Command: cmd.Args, Exe: t.Program(), Started: time.Now(), Version: toolVersion()}
	if err := cmd.Start(); err != nil {
		return seen, fmt.Errorf("start the interpreter: %w", err)
	}
	limit := time.AfterFunc(probeLimit, func() { cmd.Process.Kill() })
	waitErr := cmd.Wait()
	limit.Stop()
	facts.Pid, facts.Finished, facts.ExitCode = cmd.Process.Pid, time.Now(), new(cmd.ProcessState.ExitCode())

	if waitErr != nil {
		f.obstacle("it ended with %s under the shim: %s", cmd.ProcessState, lastLine(stderr.String()))
	} else if lines := strings.Split(strings.TrimSpace(stdout.String()), "\n"); lines[0] != "" {
		f.fact("libc", "%s", lines[0])
		if len(lines) > 2 {
			seen.api, seen.folders = lines[1], lines[2:]
		}
	}
	r, err := w.Finish(facts)
	if err != nil {
		return seen, fmt.Errorf("make the report: %w", err)
	}
	for _, p := range r.Processes {
		if p.PID == facts.Pid {
			f.describeWatched(p)
			if p.Python != nil {
				seen.python = *p.Python
			}
			return seen, nil
		}
	}
	f.obstacle("%s", "the shim was not heard of")
	return seen, nil
}

// lastLine is where a program says what went wrong.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
