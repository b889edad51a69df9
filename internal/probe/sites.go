package probe

import (
	"errors"
	"sync"

	"github.com/cilium/ebpf/link"

	"github.com/gilwatch/gilwatch/internal/probe/program"
)

// maxSites is the room for sites: 32 bytes of the kernel's memory each.
const maxSites = 1 << 18

// sites numbers the sites of a session.
type sites struct {
	mu    sync.Mutex
	scans []*scan // by first
	next  uint32
}

// errTooManySites is for a session with more sites than there is room for.
var errTooManySites = errors.New("there is no room for its call sites")

// adopt gives a scan's sites their numbers and tells the programs of them, unless the file
// has been scanned before: then it returns that scan.
func (s *sites) adopt(p *program.Loaded, sc *scan) (*scan, error) {
	if known := sc.file.scans[sc.group]; known != nil {
		return known, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if int(s.next)+len(sc.Sites) > maxSites {
		return nil, errTooManySites
	}
	entries := make([]program.Site, len(sc.Sites))
	for i, at := range sc.Sites {
		entries[i] = program.Site{Group: sc.group, Below: uint32(at.Addr - sc.Start), Above: uint32(sc.End - at.Addr)}
	}
	if err := p.PutSites(s.next, entries); err != nil {
		return nil, err
	}
	sc.first = s.next
	s.next += uint32(len(sc.Sites))
	s.scans = append(s.scans, sc)
	sc.file.scans[sc.group] = sc
	return sc, nil
}

// at finds a site by its number.
func (s *sites) at(number uint32) (*scan, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.scans) - 1; i >= 0; i-- {
		if sc := s.scans[i]; number >= sc.first {
			if n := int(number - sc.first); n < len(sc.Sites) {
				return sc, n
			}
			break
		}
	}
	return nil, 0
}

// count is how many sites there are.
func (s *sites) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int(s.next)
}

// take returns all links, for the caller to close.
func (s *sites) take() (links []link.Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sc := range s.scans {
		links = append(links, open(sc.links)...)
		clear(sc.links)
	}
	return links
}

// drop returns the links for a process, and forgets them.
func (s *sites) drop(pid uint32) (links []link.Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sc := range s.scans {
		if l := sc.links[pid]; l != nil {
			links = append(links, l)
		}
		delete(sc.links, pid)
	}
	return links
}

// put puts breakpoints on the scan's sites in a process, 0 for all, unless they stand there.
func (sc *scan) put(p *program.Loaded, pid uint32) error {
	if _, attached := sc.links[pid]; attached {
		return nil
	}
	l, err := sc.link(p, pid)
	if err == nil {
		sc.links[pid] = l
	}
	return err
}

// link makes the link for a process; nil if no site is left to watch.
func (sc *scan) link(p *program.Loaded, pid uint32) (link.Link, error) {
	o := link.UprobeMultiOptions{PID: pid}
	for i, at := range sc.Sites {
		if sc.off[i] {
			continue
		}
		c := program.Cookie{Site: sc.first + uint32(i), Parity: sc.parity, Jump: at.Jump, Length: at.Len, Rule: sc.rules[i]}
		o.Addresses, o.Cookies = append(o.Addresses, at.Offset), append(o.Cookies, c.Bits())
	}
	if len(o.Addresses) == 0 {
		return nil, nil
	}
	ex, err := link.OpenExecutable(sc.file.path())
	if err != nil {
		return nil, err
	}
	l, err := ex.UprobeMulti(nil, p.Call, &o)
	return l, err
}

// relink makes a scan's links anew, without the sites that are off, and returns those to close:
// the old ones, or the new ones if they could not all be made. In between a call meets both: the
// sites' parity says which one counts.
func (sc *scan) relink(p *program.Loaded) ([]link.Link, error) {
	sc.parity ^= 1
	fresh, err := again(sc.links, func(pid uint32) (link.Link, error) { return sc.link(p, pid) })
	if err != nil {
		sc.parity ^= 1
		return open(fresh), err
	}
	for i := range sc.Sites {
		if err := p.SetParity(sc.first+uint32(i), sc.parity); err != nil {
			return nil, err
		}
	}
	old := open(sc.links)
	sc.links = fresh
	return old, nil
}

// again makes a link for each process that has one, up to the first that cannot be made.
func again(links map[uint32]link.Link, make func(pid uint32) (link.Link, error)) (map[uint32]link.Link, error) {
	fresh := map[uint32]link.Link{}
	for pid := range links {
		l, err := make(pid)
		if err != nil {
			return fresh, err
		}
		fresh[pid] = l
	}
	return fresh, nil
}

// open are those of links that are more than a note that no site is left.
func open(links map[uint32]link.Link) (all []link.Link) {
	for _, l := range links {
		if l != nil {
			all = append(all, l)
		}
	}
	return all
}
