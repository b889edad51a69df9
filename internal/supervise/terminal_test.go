package supervise

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	ctrlC         = "\x03"
	ctrlZ         = "\x1a"
	ctrlBackslash = "\x1c"
)

func TestCtrlCReachesTheCommandOnce(t *testing.T) {
	s := newSession(t, roleShell)
	if rest := s.expect("command: ready "); !strings.HasSuffix(rest, "foreground true") {
		t.Fatalf("the command started without the terminal: %s", rest)
	}
	s.typed(ctrlC)
	s.expect("command: got SIGINT")
	s.typed("count\n")
	s.expectExactly("command: count map[SIGINT:1]")
	s.typed("exit\n")
	s.expectExactly("shell: job ended with 3, had the terminal back true")
}

func TestCtrlBackslashEndsTheCommand(t *testing.T) {
	s := newSession(t, roleShell, "/bin/sh", "-c", "echo ready >&3; read x")
	s.expect("ready")
	s.typed(ctrlBackslash)
	s.expectExactly("shell: job ended with 131, had the terminal back true")
}

func TestCtrlZStopsTheJobAndFgContinuesIt(t *testing.T) {
	s := newSession(t, roleShell)
	s.expect("command: ready ")
	for range 2 { // the second stop finds the signals caught again
		s.typed(ctrlZ)
		s.expectExactly("shell: job stopped by SIGTSTP, had the terminal back true")
		s.order("fg")
		s.expect("command: got SIGCONT")
	}
	s.typed("count\n")
	s.expectExactly("command: count map[SIGCONT:2]")
	s.typed("exit\n")
	s.expect("shell: job ended with 3")
}

func TestStopSignalsStopTheJob(t *testing.T) {
	for _, sig := range []unix.Signal{unix.SIGSTOP, unix.SIGTSTP} {
		s := newSession(t, roleShell)
		pid := s.pid(s.expect("command: ready "))
		if err := unix.Kill(pid, sig); err != nil {
			t.Fatal(err)
		}
		s.expectExactly("shell: job stopped by " + unix.SignalName(sig) + ", had the terminal back true")
		s.order("fg")
		s.expect("command: got SIGCONT")
		s.typed("exit\n")
		s.expect("shell: job ended with 3")
	}
}

func TestTstpSentToTheSupervisorStopsTheJob(t *testing.T) {
	s := newSession(t, roleShell)
	job := s.pid(s.expect("shell: job "))
	s.expect("command: ready ")
	if err := unix.Kill(job, unix.SIGTSTP); err != nil {
		t.Fatal(err)
	}
	s.expect("shell: job stopped by SIGTSTP")
	s.order("fg")
	s.expect("command: got SIGCONT")
	s.typed("count\n")
	s.expectExactly("command: count map[SIGCONT:1]")
}

// A job that was started with & and reads the terminal stops, until fg.
func TestBackgroundJobThatReadsStopsUntilFg(t *testing.T) {
	s := newSession(t, roleShell, "&", "/bin/sh", "-c", "echo ready >&3; read x; echo read $x >&3")
	s.expect("ready")
	s.expectExactly("shell: job stopped by SIGTTIN, had the terminal back false")
	s.order("fg")
	s.typed("hello\n")
	s.expectExactly("read hello")
	s.expect("shell: job ended with 0")
}

// fg without a stop before: the shell gives the terminal to our group alone.
func TestFgOfARunningBackgroundJob(t *testing.T) {
	s := newSession(t, roleShell, "&", "/bin/sh", "-c", "trap 'read x; echo read $x >&3; exit' CONT; echo ready >&3; while :; do read x < /dev/null; done")
	s.expect("ready")
	s.order("fg")
	s.typed("hello\n")
	s.expectExactly("read hello")
}

// `gilwatch run … | less`: less is of our group, and reads the terminal.
func TestPagerOfTheSameJobGetsTheTerminal(t *testing.T) {
	s := newSession(t, roleShell, "/bin/sh", "-c", "trap 'echo interrupted >&3; exit 5' INT; echo ready >&3; while :; do read x < /dev/null; done")
	s.expect("ready")
	s.order("pager")
	s.expectExactly("pager: ready")
	s.typed("hello\n")
	s.expectExactly("pager: read hello")
	s.typed(ctrlC) // to our group now; passed on to the command
	s.expectExactly("interrupted")
}

// Without a shell to say fg, a stopped command could never be continued: the
// kernel would not have stopped it, in an orphaned group.
func TestCtrlZInAnOrphanedGroupDoesNotStop(t *testing.T) {
	s := newSession(t, roleSupervisor)
	s.expect("command: ready ")
	s.typed(ctrlZ)
	s.expect("command: got SIGCONT")
	s.typed("count\n")
	s.expectExactly("command: count map[SIGCONT:1]")
}

// A script's Ctrl-C ends the script too, not only the command in it.
func TestCtrlCReachesTheScriptAround(t *testing.T) {
	path := self().Path
	s := newSession(t, roleShell, "/bin/sh", "-c", path+" "+roleSupervisor+
		" /bin/sh -c 'echo ready >&3; read x'; echo went on >&3")
	s.expect("ready")
	s.typed(ctrlC)
	s.expectExactly("shell: job ended with 130, had the terminal back true")
}
