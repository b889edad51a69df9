package probe

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"

	"github.com/cilium/ebpf/link"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/probe/site"
)

// scan is a file's sites, for the rules of one version, and the links that watch them.
type scan struct {
	*site.Module
	file   *file
	group  uint32
	first  uint32 // number of the first site
	rules  []capi.Rule
	chosen bool // by --watch and --ignore: all its calls count

	off    map[int]bool // sites that the brake switched off, by their index
	parity uint32
	links  map[uint32]link.Link // by pid; 0 is every process
}

// scanned is an object whose file was looked through.
type scanned struct {
	*scan
	reason string // why it cannot be watched
}

// scanAll finds the sites of objects, several at a time, and verifies that the process has
// mapped what was decoded. The answers come in the order of the objects, so that the first
// are attached to while the last are decoded.
func (s *Session) scanAll(t *target, objects []*object) []chan scanned {
	answers := make([]chan scanned, len(objects))
	known := make([]*scan, len(objects))
	next := make(chan int, len(objects))
	for i, o := range objects {
		answers[i], known[i] = make(chan scanned, 1), o.file.scans[t.group]
		next <- i
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), len(objects)) {
		s.scanners.Go(func() {
			for i := range next {
				answers[i] <- s.scanOne(t, objects[i], known[i])
			}
		})
	}
	return answers
}

func (s *Session) scanOne(t *target, o *object, sc *scan) scanned {
	if s.stopping() {
		return scanned{reason: "gilwatch was ending"}
	}
	if sc == nil {
		var err error
		if sc, err = s.scan(t, o); err != nil {
			return scanned{reason: err.Error()}
		}
	}
	return scanned{sc, t.differs(o, sc)}
}

// scan finds the sites of one file. In a module that is not chosen only those are taken by
// which threads attach and give their state up.
func (s *Session) scan(t *target, o *object) (*scan, error) {
	chosen := takes(s.options.Modules, o.Path)
	rules := map[string]capi.Rule{}
	module, err := site.Scan(o.ELF, func(name string) bool {
		if !t.interp.Functions[name] {
			return false
		}
		rule, known := rules[name]
		if !known {
			rule = capi.Lookup(name, t.interp.Version)
			rules[name] = rule
		}
		return rule.Watched() && (chosen || rule.Event != capi.EventNone)
	}, t.inside(o))
	if err != nil {
		return nil, err
	}
	sc := &scan{Module: module, file: o.file, group: t.group, chosen: chosen, off: map[int]bool{}, links: map[uint32]link.Link{}}
	for _, at := range module.Sites {
		sc.rules = append(sc.rules, rules[at.Function])
	}
	return sc, nil
}

// inside is the interpreter that is linked into an object, nil if none is.
func (t *target) inside(o *object) *site.Inside {
	if e := t.interp.Embedded; e != nil && o.file.Identity == t.interp.Identity {
		return &site.Inside{Functions: e.Functions, Own: e.Own}
	}
	return nil
}

// int3 is the breakpoint that another tracer, or another session, may have put.
const int3 = 0xcc

// differs compares what the process has mapped with the file that was decoded: every
// function in which a breakpoint is to stand. It says what is wrong, "" if nothing is.
func (t *target) differs(o *object, sc *scan) string {
	if len(sc.Sites) == 0 {
		return ""
	}
	var mapped []byte
	var last *site.Code
	for _, at := range sc.Sites {
		if at.Code == last {
			continue
		}
		last = at.Code
		mapped = slices.Grow(mapped[:0], len(at.Code.Bytes))[:len(at.Code.Bytes)]
		if err := t.memory.ReadAt(mapped, o.Bias+at.Code.Addr); err != nil {
			return fmt.Sprintf("its code cannot be read: %v", err)
		}
		if !sameCode(at.Code.Bytes, mapped) {
			return "its code differs from its file's"
		}
	}
	return ""
}

// sameCode compares, but for breakpoints.
func sameCode(file, mapped []byte) bool {
	if bytes.Equal(file, mapped) {
		return true
	}
	for i := range file {
		if file[i] != mapped[i] && mapped[i] != int3 {
			return false
		}
	}
	return true
}
