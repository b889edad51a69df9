package supervise

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// session is a terminal session: a pseudo-terminal and the session's leader.
type session struct {
	t      *testing.T
	master *os.File
	orders *os.File
	pipe   *os.File
	events *bufio.Scanner
	leader *exec.Cmd
}

// patience bounds a wait for an event that does not come; no test depends on it.
const patience = 10 * time.Second

// newSession opens a pseudo-terminal (pts(4)) and starts role on it as session leader.
func newSession(t *testing.T, role string, args ...string) *session {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatalf("open a pseudo-terminal: %v", err)
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatalf("unlock the pseudo-terminal: %v", err)
	}
	number, err := unix.IoctlGetUint32(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatalf("name the pseudo-terminal: %v", err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	eventsR, eventsW := pipe(t)
	ordersR, ordersW := pipe(t)
	defer eventsW.Close()
	defer ordersR.Close()

	c := self(append([]string{role}, args...)...)
	leader := exec.Command(c.Path, c.Argv[1:]...)
	leader.Stdin, leader.Stdout, leader.Stderr = slave, slave, slave
	leader.ExtraFiles = []*os.File{eventsW, ordersR}
	leader.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := leader.Start(); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, master) // the terminal's echo
	s := &session{t, master, ordersW, eventsR, bufio.NewScanner(eventsR), leader}
	t.Cleanup(func() {
		master.Close() // hangs up on whoever is left
		leader.Process.Kill()
		leader.Wait()
	})
	return s
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// expect reads events until one starts with prefix, and returns the rest of it.
func (s *session) expect(prefix string) string {
	s.t.Helper()
	s.pipe.SetReadDeadline(time.Now().Add(patience))
	var seen []string
	for s.events.Scan() {
		if rest, ok := strings.CutPrefix(s.events.Text(), prefix); ok {
			return rest
		}
		seen = append(seen, s.events.Text())
	}
	s.t.Fatalf("no %q, but: %q (%v)", prefix, seen, s.events.Err())
	return ""
}

func (s *session) expectExactly(line string) {
	s.t.Helper()
	if rest := s.expect(line); rest != "" {
		s.t.Fatalf("%q goes on with %q", line, rest)
	}
}

// typed is input on the terminal.
func (s *session) typed(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.master, keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) order(line string) {
	s.t.Helper()
	if _, err := io.WriteString(s.orders, line+"\n"); err != nil {
		s.t.Fatal(err)
	}
}

// pid reads the first number of an event's rest.
func (s *session) pid(rest string) int {
	s.t.Helper()
	pid, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return pid
}
