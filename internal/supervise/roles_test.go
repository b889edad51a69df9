package supervise

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"testing"

	"golang.org/x/sys/unix"
)

// The test binary plays all parts of a terminal session. A part is named by the
// first argument; each writes its events as lines to descriptor 3.
const (
	roleShell      = "role-shell"      // a shell with job control: leader of the session
	roleSupervisor = "role-supervisor" // Run, and the exit status that follows
	roleCommand    = "role-command"    // the command under the supervisor
	rolePager      = "role-pager"      // another process of the supervisor's job
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case roleShell:
			shellRole(os.Args[2:])
			return
		case roleSupervisor:
			os.Exit(supervisorRole(os.Args[2:]))
		case roleCommand:
			os.Exit(commandRole())
		case rolePager:
			pagerRole()
			return
		}
	}
	// nohup runs the tests with SIGHUP ignored: what is started here must not inherit that.
	signal.Notify(make(chan os.Signal, 1), unix.SIGHUP)
	os.Exit(m.Run())
}

// say writes one line, short enough to be atomic, for the test to read.
func say(format string, args ...any) {
	unix.Write(3, fmt.Appendf(nil, format+"\n", args...))
}

func self(args ...string) Command {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return Command{Path: path, Argv: append([]string{path}, args...), Env: os.Environ()}
}

// supervisorRole runs args, or roleCommand without any.
func supervisorRole(args []string) int {
	c := self(roleCommand)
	if len(args) > 0 {
		c.Path, c.Argv = args[0], args
	}
	result, err := Run(c)
	switch {
	case errors.Is(err, ErrNotFound):
		return 127
	case errors.Is(err, ErrNotExecutable):
		return 126
	case err != nil:
		say("supervisor: %v", err)
		return 125
	case result.Signal != 0:
		return 128 + int(result.Signal)
	}
	return result.ExitCode
}

// commandRole counts the signals it gets, and obeys lines that are typed:
// "count" says the counts, "exit" exits with 3.
func commandRole() int {
	count := make(map[string]int)
	signals := make(chan os.Signal, 64)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2,
		unix.SIGALRM, unix.SIGWINCH, unix.SIGCONT)
	lines, hungUp := make(chan string), make(chan struct{})
	tty := openTerminal()
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- in.Text()
		}
		// At the end of a terminal, or with EIO when it is hung up.
		if _, err := unix.IoctlGetTermios(0, unix.TCGETS); err == nil || err == unix.EIO {
			close(hungUp)
		}
	}()
	say("command: ready %d foreground %v", unix.Getpid(), tty.foreground() == unix.Getpid() && unix.Getpgrp() == unix.Getpid())
	for {
		select {
		case sig := <-signals:
			name := unix.SignalName(sig.(unix.Signal))
			count[name]++
			say("command: got %s", name)
		case <-hungUp: // the test is over
			return 4
		case line := <-lines:
			if line == "exit" {
				return 3
			}
			say("command: %s %v", line, count)
		}
	}
}

// pagerRole reads the terminal as less does beside the command of a pipeline.
func pagerRole() {
	say("pager: ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		say("pager: read %s", in.Text())
	}
}

// shellRole runs a supervisor as a job and obeys the lines on descriptor 4:
// "fg" continues the job in the foreground, "pager" adds a process to it.
func shellRole(args []string) {
	tty := openTerminal()
	give := tty.fd
	if len(args) > 0 && args[0] == "&" {
		give, args = -1, args[1:]
	}
	job, err := start(self(append([]string{roleSupervisor}, args...)...), give)
	if err != nil {
		say("shell: %v", err)
		return
	}
	say("shell: job %d", job)
	go func() {
		for in := bufio.NewScanner(os.NewFile(4, "orders")); in.Scan(); {
			switch in.Text() {
			case "fg":
				tty.give(job)
				unix.Kill(-job, unix.SIGCONT)
			case "pager":
				startMember(job)
			}
		}
	}()
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WUNTRACED, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			say("shell: wait: %v", err)
			return
		}
		foreground := tty.foreground() == job
		switch {
		case pid != job: // the pager
		case status.Stopped():
			tty.give(unix.Getpgrp())
			say("shell: job stopped by %s, had the terminal back %v", unix.SignalName(status.StopSignal()), foreground)
		default:
			say("shell: job ended with %d, had the terminal back %v", status.ExitStatus(), foreground)
			return
		}
	}
}

// startMember starts a pager in the group of the job.
func startMember(job int) {
	c := self(rolePager)
	attr := &os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr, os.NewFile(3, "events")}}
	attr.Sys = &unix.SysProcAttr{Setpgid: true, Pgid: job}
	if _, err := os.StartProcess(c.Path, c.Argv, attr); err != nil {
		say("shell: %v", err)
	}
}
