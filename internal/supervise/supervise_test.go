package supervise

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/procstat"
	"github.com/gilwatch/gilwatch/internal/supervise/inherit"
)

func sh(script string) Command {
	return Command{Path: "/bin/sh", Argv: []string{"sh", "-c", script}, Env: os.Environ()}
}

func TestRunTellsHowTheCommandEnded(t *testing.T) {
	for _, c := range []struct {
		script string
		code   int
		signal unix.Signal
	}{
		{"exit 0", 0, 0},
		{"exit 7", 7, 0},
		{"kill -TERM $$", -1, unix.SIGTERM},
		{"kill -KILL $$", -1, unix.SIGKILL},
	} {
		started, ended := 0, 0
		command := sh(c.script)
		command.Started = func(pid int) { started = pid }
		command.Ended = func() {
			ended++
			if state := procstat.Read(started).State(); state != "Z" && openTerminal() == nil {
				t.Errorf("%s: Ended was told in state %q", c.script, state)
			}
		}
		got, err := Run(command)
		if err != nil || got.ExitCode != c.code || got.Signal != c.signal {
			t.Errorf("%s: Run = %+v, %v", c.script, got, err)
		}
		if ended != 1 {
			t.Errorf("%s: Ended was told %d times", c.script, ended)
		}
		if started == 0 || started != got.Pid {
			t.Errorf("%s: Started was told pid %d, the result says %d", c.script, started, got.Pid)
		}
		if got.Finished.Before(got.Started) {
			t.Errorf("%s: finished %v before it started %v", c.script, got.Finished, got.Started)
		}
	}
}

func TestRunSaysWhyItCouldNotStart(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, []byte("exit 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		want error
	}{
		{filepath.Join(dir, "nothing"), ErrNotFound},
		{plain, ErrNotExecutable},
		{dir, ErrNotExecutable},
	} {
		_, err := Run(Command{Path: c.path, Argv: []string{c.path}})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("Run(%s) = %v, want %v and the path", c.path, err, c.want)
		}
	}
	if _, err := Run(Command{Path: "/bin/sh"}); err == nil {
		t.Error("Run without arguments succeeded")
	}
	if _, err := Run(Command{Path: "/bin/\x00", Argv: []string{"x"}}); err == nil {
		t.Error("Run with a NUL in the path succeeded")
	}
}

// As execvp does, for a script without #!.
func TestRunGivesAnUnmarkedScriptToTheShell(t *testing.T) {
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte("test \"$1\" = one && exit 9\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Run(Command{Path: path, Argv: []string{path, "one"}, Env: os.Environ()})
	if err != nil || got.ExitCode != 9 {
		t.Errorf("Run = %+v, %v, want exit code 9", got, err)
	}
}

// supervised starts a supervisor with a command that counts signals, without a terminal.
func supervised(t *testing.T) (supervisor *exec.Cmd, s *session, stdin *os.File) {
	t.Helper()
	events, eventsW := pipe(t)
	input, stdin := pipe(t)
	c := self(roleSupervisor)
	supervisor = exec.Command(c.Path, c.Argv[1:]...)
	supervisor.Stdin, supervisor.ExtraFiles = input, []*os.File{eventsW}
	supervisor.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	if err := supervisor.Start(); err != nil {
		t.Fatal(err)
	}
	eventsW.Close()
	t.Cleanup(func() { supervisor.Process.Kill(); supervisor.Wait() })
	s = &session{t: t, pipe: events, events: bufio.NewScanner(events)}
	return supervisor, s, stdin
}

func TestSignalsSentArePassedOnOnce(t *testing.T) {
	supervisor, s, stdin := supervised(t)
	s.expect("command: ready ")
	signals := []unix.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2,
		unix.SIGALRM, unix.SIGWINCH, unix.SIGCONT}
	for _, sig := range signals {
		if err := supervisor.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		s.expectExactly("command: got " + unix.SignalName(sig))
	}
	stdin.WriteString("count\n")
	s.expectExactly("command: count map[SIGALRM:1 SIGCONT:1 SIGHUP:1 SIGINT:1 SIGTERM:1 SIGUSR1:1 SIGUSR2:1 SIGWINCH:1]")
	stdin.WriteString("exit\n")
	if supervisor.Wait(); supervisor.ProcessState.ExitCode() != 3 {
		t.Errorf("the supervisor ended with %v, want 3", supervisor.ProcessState)
	}
}

// What a command can see of its start must be the same with the supervisor in
// front and without it.
func TestCommandStartsAsItWouldAlone(t *testing.T) {
	const look = `grep -E '^Sig(Ign|Blk)|^ShdPnd' /proc/self/status; ulimit -S -n; ls /proc/self/fd | wc -l; env | sort; umask`
	if runtime.GOARCH != "amd64" {
		t.Skip("there is no entry point for " + runtime.GOARCH)
	}
	build := filepath.Join(t.TempDir(), "supervise.test")
	if out, err := exec.Command("go", "test", "-c", "-o", build, "-ldflags="+inherit.EntryFlag, ".").CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	for _, setting := range []string{
		`:`,
		`trap '' HUP`,
		`trap '' INT QUIT TERM PIPE CHLD USR1 TSTP TTOU; ulimit -S -n 99; umask 027`,
		`exec <&-`,
	} {
		run := func(command string) string {
			cmd := exec.Command("/bin/sh", "-c", setting+`; exec `+command, "sh", build, look)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", setting, err, out)
			}
			return string(bytes.ReplaceAll(out, []byte(build), nil))
		}
		alone, watched := run(`/bin/sh -c "$2"`), run(`"$1" `+roleSupervisor+` /bin/sh -c "$2"`)
		if alone != watched {
			t.Errorf("%s\nalone:\n%s\nunder the supervisor:\n%s", setting, alone, watched)
		}
	}
}
