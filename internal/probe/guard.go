package probe

import (
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// guard is a shell that lets processes go on if gilwatch is killed while they lie still for
// it: StopOnLoad would leave them stopped. It reads their numbers from a pipe, whose end it
// sees whatever becomes of gilwatch.
type guard struct {
	shell *exec.Cmd
	pipe  io.WriteCloser
}

// guardScript sends SIGCONT for two seconds: until the kernel has closed the killed gilwatch's
// links, its programs go on stopping.
const guardScript = `
pids=
while read -r word; do
	[ "$word" = end ] && exit
	pids="$pids $word"
done
for turn in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do
	kill -CONT $pids
	sleep 0.1
done`

// newGuard starts one, before the programs follow what gilwatch starts. It leaves the terminal:
// a Ctrl-C is not for it.
func newGuard() (*guard, error) {
	g := &guard{shell: exec.Command("/bin/sh", "-c", guardScript)}
	g.shell.Dir, g.shell.SysProcAttr = "/", &syscall.SysProcAttr{Setsid: true}
	var err error
	if g.pipe, err = g.shell.StdinPipe(); err != nil {
		return nil, err
	}
	return g, g.shell.Start()
}

// add adds a process. A guard that is nil or gone guards nothing.
func (g *guard) add(pid int) {
	if g != nil {
		_, _ = fmt.Fprintln(g.pipe, pid)
	}
}

// end ends the guard: nothing is stopped any more.
func (g *guard) end() {
	if g != nil {
		_, _ = fmt.Fprintln(g.pipe, "end")
		_ = g.pipe.Close()
		_ = g.shell.Wait()
	}
}
