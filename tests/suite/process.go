package suite

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// grace is how long what was told to end may take for it.
const grace = 15 * time.Second

// execution is one run of a command.
type execution struct {
	args, env []string
	base      string // its folder, which no other process uses
	output    *os.File
	limit     time.Duration
	watched   bool            // the command's first process is gilwatch
	stop      <-chan struct{} // closed when it is to end
}

// run runs the command in a process group of its own, which a process under gilwatch
// has as well, and returns how it ended. Nothing of it is left: what still runs at the limit
// or has outlived its parent is killed.
func (e execution) run() (Outcome, error) {
	cmd := exec.Command(e.args[0], e.args[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = e.env, filepath.Join(e.base, work), e.output, e.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start %s: %w", e.args[0], err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	timer := time.NewTimer(e.limit)
	defer timer.Stop()
	select {
	case err := <-done:
		killLeft(e.base, 0)
		return ending(err)
	case <-e.stop:
		killLeft(e.base, 0)
		<-done
		return "", errInterrupted
	case <-timer.C:
		tellStacks(cmd.Process.Pid)
		e.end(cmd.Process, done)
		return "timeout", nil
	}
}

// end kills all processes; gilwatch itself only if it does not end then with its report.
func (e execution) end(first *os.Process, done <-chan error) {
	spare := 0
	if e.watched {
		spare = first.Pid
	}
	for late := time.After(grace); ; {
		killLeft(e.base, spare)
		select {
		case <-done:
			killLeft(e.base, 0)
			return
		case <-late:
			spare = 0
		case <-time.After(time.Second):
		}
	}
}

func ending(err error) (Outcome, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "exit 0", nil
	case !errors.As(err, &exit):
		return "", err
	}
	status := exit.Sys().(syscall.WaitStatus)
	code := status.ExitStatus()
	if status.Signaled() {
		code = 128 + int(status.Signal()) // as gilwatch says it
	}
	return Outcome(fmt.Sprintf("exit %d", code)), nil
}

// tellStacks makes a regrtest process among the children of pid print where it hangs
// (SIGUSR1, Lib/test/libregrtest/setup.py), or pid itself if it is one.
func tellStacks(pid int) {
	for _, p := range append(childrenOf(pid), pid) {
		args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p))
		if strings.Contains(string(args), "\x00-m\x00test\x00") && !strings.Contains(string(args), "gilwatch\x00") {
			_ = syscall.Kill(p, syscall.SIGUSR1)
			time.Sleep(time.Second) // it prints; nothing tells when it has
		}
	}
}

func childrenOf(pid int) []int {
	list, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	var pids []int
	for _, field := range strings.Fields(string(list)) {
		if p, err := strconv.Atoi(field); err == nil {
			pids = append(pids, p)
		}
	}
	return pids
}

// killLeft kills the processes whose working folder or TMPDIR lies in folder, which no
// other process uses, save one.
func killLeft(folder string, spare int) {
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, entry := range entries {
		pid, _ := strconv.Atoi(filepath.Base(entry))
		if pid == spare || pid == os.Getpid() {
			continue
		}
		cwd, _ := os.Readlink(entry + "/cwd")
		env, _ := os.ReadFile(entry + "/environ")
		if cwd == folder || strings.HasPrefix(cwd, folder+"/") ||
			strings.Contains("\x00"+string(env), "\x00TMPDIR="+folder+"/") {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
