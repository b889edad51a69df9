package collector

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
)

// child is a process that ends when it is told to.
type child struct {
	*exec.Cmd
	t    *testing.T
	tell *os.File
}

// begin starts a shell that reads what to do last.
func begin(t *testing.T) *child {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{exec.Command("/bin/sh", "-c", "read last; eval \"$last\""), t, w}
	c.Stdin = r
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	t.Cleanup(func() { w.Close() })
	return c
}

func (c *child) pid() int32 { return int32(c.Process.Pid) }

// end lets the child end, and waits until it is a zombie: nobody has reaped it.
func (c *child) end(last string) {
	c.t.Helper()
	if _, err := c.tell.WriteString(last + "\n"); err != nil {
		c.t.Fatal(err)
	}
	for {
		err := unix.Waitid(unix.P_PID, c.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err == nil {
			return
		}
		if err != unix.EINTR {
			c.t.Fatal(err)
		}
	}
}

func (c *child) reap() {
	c.t.Helper()
	var exit *exec.ExitError
	if err := c.Wait(); err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
}

func startEnds(t *testing.T) *ends {
	t.Helper()
	e, err := newEnds()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// without is the status of a kernel that tells nothing about reaped processes.
func without(int) (unix.WaitStatus, bool) { return 0, false }

// await waits until the end of the process is known, or at least that it ended.
func await(t *testing.T, e *ends, pid int32, enough func(End) bool) {
	t.Helper()
	within(t, "the end", func() {
		for {
			if end, ok := e.of(&journal.Journal{Pid: pid}); ok && enough(end) {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
}

func code(end End) bool   { return end.ExitCode != nil && *end.ExitCode == 7 && end.Signal == nil }
func killed(end End) bool { return end.ExitCode == nil && end.Signal != nil && *end.Signal == 15 }
func open(e *ends) int    { e.mu.Lock(); defer e.mu.Unlock(); return len(e.running) }

// How a child ends is seen as soon as it is a zombie, by any kernel, and its descriptor is
// given back.
func TestEndOfAZombie(t *testing.T) {
	for _, old := range []bool{false, true} {
		for last, want := range map[string]func(End) bool{"exit 7": code, "kill -TERM $$": killed} {
			e := startEnds(t)
			if old {
				e.status = without
			}
			c := begin(t)
			if err := e.watch(c.pid(), 0); err != nil {
				t.Fatal(err)
			}
			c.end(last)
			await(t, e, c.pid(), want)
			if n := open(e); n != 0 {
				t.Errorf("%d descriptors are open", n)
			}
			c.reap()
			e.close()
			if end, ok := e.of(&journal.Journal{Pid: c.pid()}); !ok || !want(end) || end.Ended.IsZero() {
				t.Errorf("%s: after the close: %+v, %v", last, end, ok)
			}
		}
	}
}

// A child that is reaped before anybody looked: a new kernel tells all the same, an older
// one that it ended and no more; its descriptor is given back in any case.
func TestEndOfAReaped(t *testing.T) {
	for _, old := range []bool{false, true} {
		e := startEnds(t)
		if old {
			e.status = without
		}
		c := begin(t)
		if err := e.watch(c.pid(), 0); err != nil {
			t.Fatal(err)
		}
		p := e.wrote[file{c.pid(), 0}]
		e.mu.Lock() // nobody can look
		c.end("exit 7")
		c.reap()
		_, known := e.status(p.fd) // from Linux 6.15 on
		e.mu.Unlock()
		await(t, e, c.pid(), func(end End) bool { return !known || code(end) })
		if n := open(e); n != 0 {
			t.Errorf("old kernel %v: %d descriptors are open", old, n)
		}
		e.close()
		if end, ok := e.of(&journal.Journal{Pid: c.pid()}); !ok || (end.ExitCode != nil) != known || end.Signal != nil {
			t.Errorf("old kernel %v: %+v, %v", old, end, ok)
		}
	}
}

// One that is gone when its hello is heard has ended, in a way that nobody tells; one that
// runs has not.
func TestEndNotSeen(t *testing.T) {
	e := startEnds(t)
	defer e.close()
	c := begin(t)
	c.end("exit 7")
	c.reap()
	if err := e.watch(c.pid(), 0); err != nil {
		t.Errorf("a reaped process: %v", err)
	}
	if end, ok := e.of(&journal.Journal{Pid: c.pid()}); !ok || end.ExitCode != nil || end.Signal != nil || end.process != 0 {
		t.Errorf("its end: %+v, %v", end, ok)
	}
	if pids := e.alive(); len(pids) != 0 {
		t.Errorf("%v are said to be alive", pids)
	}
	running := begin(t)
	if err := e.watch(running.pid(), 0); err != nil {
		t.Fatal(err)
	}
	if end, ok := e.of(&journal.Journal{Pid: running.pid()}); ok {
		t.Errorf("the end of a running process: %+v", end)
	}
	running.end("exit 0")
	running.reap()
}

// A process that executes another program writes a second journal: one process, one end,
// one descriptor. A number that is used again is another process.
func TestExecAndReuse(t *testing.T) {
	e := startEnds(t)
	defer e.close()
	c := begin(t)
	for serial := range uint32(3) {
		if err := e.watch(c.pid(), serial); err != nil {
			t.Fatal(err)
		}
	}
	if n := open(e); n != 1 {
		t.Errorf("%d descriptors for one process", n)
	}
	c.end("exit 7")
	await(t, e, c.pid(), code)
	// One more program, heard of when it has ended already: the same process still.
	if err := e.watch(c.pid(), 3); err != nil {
		t.Fatal(err)
	}
	c.reap()
	first, _ := e.of(&journal.Journal{Pid: c.pid()})
	for serial := range uint32(4) {
		exec, ok := e.of(&journal.Journal{Pid: c.pid(), Serial: serial})
		if !ok || exec != first {
			t.Errorf("after exec %d: %+v, before: %+v", serial, exec, first)
		}
	}

	// The next process with that number, as far as ends can tell.
	other := begin(t)
	e.mu.Lock()
	e.latest[int(other.pid())] = e.wrote[file{c.pid(), 0}]
	e.latest[int(other.pid())].start--
	e.mu.Unlock()
	if err := e.watch(other.pid(), 4); err != nil {
		t.Fatal(err)
	}
	other.end("kill -TERM $$")
	within(t, "its end", func() {
		for {
			if end, ok := e.of(&journal.Journal{Pid: other.pid(), Serial: 4}); ok && killed(end) && end.process != first.process {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	other.reap()
	if still, _ := e.of(&journal.Journal{Pid: c.pid()}); still != first {
		t.Errorf("the first one's end became %+v", still)
	}
}

// Descriptors are bounded: beyond the limit an end is not seen, until one is given back.
func TestDescriptorsAreBounded(t *testing.T) {
	e := startEnds(t)
	defer e.close()
	e.limit = 2
	var all []*child
	for range 3 {
		all = append(all, begin(t))
	}
	for i, c := range all {
		if err := e.watch(c.pid(), 0); errors.Is(err, errTooMany) != (i == 2) {
			t.Errorf("child %d: %v", i, err)
		}
	}
	all[0].end("exit 7")
	await(t, e, all[0].pid(), code)
	if err := e.watch(all[2].pid(), 0); err != nil {
		t.Errorf("after one was given back: %v", err)
	}
	for i, c := range all {
		if i > 0 {
			c.end("exit 0")
		}
		c.reap()
	}
}
