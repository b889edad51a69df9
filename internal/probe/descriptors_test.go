package probe

import (
	"errors"
	"os"
	"testing"

	"github.com/cilium/ebpf/link"

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
