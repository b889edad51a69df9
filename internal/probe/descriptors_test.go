package probe

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"unsafe"

	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/probe/program"
)

func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// What has ended or executed another program keeps no descriptor; what runs keeps its own.
func TestEndedTargetsHaveNoDescriptors(t *testing.T) {
	const many = 20
	s := &Session{targets: map[uint32]*target{}, changed: make(chan struct{}, 1), clock: newClock()}
	before := descriptors(t)
	for id := range uint32(many) {
		target, err := newTarget(os.Getpid(), id)
		if err != nil {
			t.Fatal(err)
		}
		s.targets[id], s.all = target, append(s.all, target)
	}
	if n := descriptors(t); n != before+many {
		t.Fatalf("%d descriptors for %d processes", n-before, many)
	}
	for id := range uint32(many) {
		s.exited(s.targets[id], &program.Exit{})
	}
	if n := descriptors(t); n != before {
		t.Errorf("%d descriptors are left of %d processes", n-before, many)
	}
}

// Two threads that end at the same time are both told to be the last one: it is one end.
func TestEndedTwice(t *testing.T) {
	s := &Session{targets: map[uint32]*target{}, changed: make(chan struct{}, 1), ended: make(chan struct{}), clock: newClock()}
	for id := range uint32(2) {
		target, err := newTarget(os.Getpid(), id)
		if err != nil {
			t.Fatal(err)
		}
		target.asked = true
		s.targets[id], s.running = target, s.running+1
	}
	ended := func() bool {
		select {
		case <-s.ended:
			return true
		default:
			return false
		}
	}
	s.exited(s.targets[0], &program.Exit{})
	s.exited(s.targets[0], &program.Exit{})
	if ended() {
		t.Fatal("all have ended, and one runs")
	}
	s.exited(s.targets[1], &program.Exit{})
	if !ended() {
		t.Error("both have ended, and one seems to run")
	}
}

// A process that was stopped and is none of the targets goes on.
func TestReleaseOfUnknown(t *testing.T) {
	child := exec.Command("sh", "-c", "kill -STOP $$; exit 7")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Waitid(unix.P_PID, child.Process.Pid, nil, unix.WSTOPPED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	s := &Session{targets: map[uint32]*target{}, options: Options{StopOnLoad: true}}
	record := program.Record{Type: program.RecordExec, Process: 99, Pid: uint32(child.Process.Pid)}
	s.handle(unsafe.Slice((*byte)(unsafe.Pointer(&record)), unsafe.Sizeof(record)))
	if err := child.Wait(); child.ProcessState.ExitCode() != 7 {
		t.Errorf("%v", err)
	}
}

type fakeLink struct {
	link.Link
	closed bool
}

func (l *fakeLink) Close() error { l.closed = true; return nil }

// If one of a module's links cannot be made anew, those that were are handed back to be closed,
// and the old ones stay.
func TestLinksMadeInVain(t *testing.T) {
	old := map[uint32]link.Link{1: &fakeLink{}, 2: &fakeLink{}, 3: &fakeLink{}, 4: nil}
	var made []*fakeLink
	refused := errors.New("no")
	fresh, err := again(old, func(uint32) (link.Link, error) {
		if len(made) == 2 {
			return nil, refused
		}
		made = append(made, &fakeLink{})
		return made[len(made)-1], nil
	})
	if !errors.Is(err, refused) || len(open(fresh)) != 2 || len(open(old)) != 3 {
		t.Fatalf("%d new links, %d old ones, %v", len(open(fresh)), len(open(old)), err)
	}
	closeAll(open(fresh))
	for _, l := range made {
		if !l.closed {
			t.Error("a link that was made in vain is open")
		}
	}
}
