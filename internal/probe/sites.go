package probe

import (
	"errors"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/probe/program"
	"github.com/gilwatch/gilwatch/internal/probe/site"
)

// maxSites is the room for sites: 40 bytes of the kernel's memory each.
const maxSites = 1 << 18

// scan is a file's sites, for the rules of one version.
type scan struct {
	*site.Module
	file    *file
	group   uint32
	first   uint32 // number of the first site
	rules   []capi.Rule
	chosen  bool      // by --watch and --ignore: all its calls count
	failure string    // why there is no Module
	batch   [2]*batch // calls, and calls that change the thread's state
}

// batch is sites of one file that are attached by one link for each process, or by one for
// all.
type batch struct {
	scan   *scan
	run    *ebpf.Program
	sites  []int // indexes in the scan
	off    map[int]bool
	parity uint32
	links  map[uint32]link.Link // by pid; 0 is every process
}

// sites numbers the sites of a session and holds what is attached.
type sites struct {
	mu      sync.Mutex
	scans   []*scan // by first
	next    uint32
	batches []*batch
}

// errTooManySites is for a session with more sites than there is room for.
var errTooManySites = errors.New("there is no room for its call sites")

// number gives the scan's sites their numbers and tells the programs of them.
func (s *sites) number(p *program.Loaded, sc *scan) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int(s.next)+len(sc.Sites) > maxSites {
		return errTooManySites
	}
	sc.first = s.next
	s.next += uint32(len(sc.Sites))
	s.scans = append(s.scans, sc)
	for i, at := range sc.Sites {
		err := p.PutSite(sc.first+uint32(i), program.Site{
			Group: sc.group, Below: uint32(at.Addr - sc.Start), Above: uint32(sc.End - at.Addr),
		})
		if err != nil {
			return err
		}
	}
	return nil
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

// split makes the scan's batches.
func (sc *scan) split(p *program.Loaded) {
	for i, rule := range sc.rules {
		kind, run := 0, p.Call
		if rule.Event != capi.EventNone {
			kind, run = 1, p.Change
		}
		if sc.batch[kind] == nil {
			sc.batch[kind] = &batch{scan: sc, run: run, off: map[int]bool{}, links: map[uint32]link.Link{}}
		}
		sc.batch[kind].sites = append(sc.batch[kind].sites, i)
	}
}

// attach puts breakpoints on the batch's sites in a process, 0 for all.
func (b *batch) attach(pid uint32) (link.Link, error) {
	ex, err := link.OpenExecutable(b.scan.file.path())
	if err != nil {
		return nil, err
	}
	var o link.UprobeMultiOptions
	for _, i := range b.sites {
		if b.off[i] {
			continue
		}
		at := b.scan.Sites[i]
		c := program.Cookie{Site: b.scan.first + uint32(i), Parity: b.parity, Jump: at.Jump, Length: at.Len, Rule: b.scan.rules[i]}
		o.Addresses, o.Cookies = append(o.Addresses, at.Offset), append(o.Cookies, c.Bits())
	}
	if len(o.Addresses) == 0 {
		return nil, nil
	}
	o.PID = pid
	return ex.UprobeMulti(nil, b.run, &o)
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
	for _, b := range s.batches {
		for _, l := range b.links {
			if l != nil {
				links = append(links, l)
			}
		}
		clear(b.links)
	}
	return links
}
