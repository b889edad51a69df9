package probe

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/probe/process"
	"github.com/gilwatch/gilwatch/internal/probe/program"
	"github.com/gilwatch/gilwatch/internal/probe/site"
	"github.com/gilwatch/gilwatch/internal/pystack"
)

// look brings what is known of a target up to what it has mapped now, and attaches to what
// is new.
func (s *Session) look(t *target) error {
	maps, err := process.Maps(t.pid)
	if err != nil {
		return pidError(t.pid, err)
	}
	if len(maps) == 0 { // a zombie, or a kernel thread
		if err := t.alive(); err != nil {
			return err
		}
		return fmt.Errorf("process %d: %w", t.pid, process.ErrNotPython)
	}
	mapped := process.Objects(maps)
	fresh := s.mapped(t, mapped)
	if t.interp == nil {
		if err := s.findInterpreter(t); err != nil {
			return err
		}
	}
	s.hookLoader(t)
	if t.interp == nil {
		return nil
	}
	if !t.loaded {
		t.loaded = true
		fresh = nil
		for _, o := range t.objects {
			fresh = append(fresh, o)
		}
	}
	return s.attach(t, fresh)
}

// mapped notes which objects came and went; it returns those that came.
func (s *Session) mapped(t *target, mapped []process.Mapped) (fresh []*object) {
	s.sequence++
	now := map[uint64]bool{}
	for i := range mapped {
		m := &mapped[i]
		now[m.Start] = true
		known := t.objects[m.Start]
		if known != nil && known.Identity == m.Identity {
			continue
		}
		if known != nil {
			t.unmapped(m.Start, s.sequence)
		}
		o, f, err := s.files.open(m, t.pid)
		if err != nil {
			if isModule(m.Path) {
				t.gap("%s is not watched: %v", m.Path, err)
			}
			continue
		}
		t.journal.Modules = append(t.journal.Modules, journal.Module{
			Offset: s.sequence, Path: o.Path, BuildID: o.BuildID, Bias: o.Bias, Start: o.Start, End: o.End,
		})
		t.files = append(t.files, f)
		t.objects[m.Start] = &object{o, f, len(t.journal.Modules) - 1}
		fresh = append(fresh, t.objects[m.Start])
	}
	for start := range t.objects {
		if !now[start] {
			t.unmapped(start, s.sequence)
		}
	}
	return fresh
}

// isModule: what is mapped executable and is no object is of no interest.
func isModule(path string) bool { return strings.Contains(filepath.Base(path), ".so") }

func (t *target) unmapped(start, sequence uint64) {
	t.journal.Modules[t.objects[start].module].Unloaded = sequence
	delete(t.objects, start)
}

// findInterpreter looks for it among the objects, and tells the programs how to ask the
// oracle of this process.
func (s *Session) findInterpreter(t *target) error {
	for _, o := range t.objects {
		if !process.IsInterpreter(o.file.dynamic) {
			continue
		}
		in, err := process.ReadInterpreter(o.Object, o.file.dynamic, t.memory, t.journal.Exe)
		if err != nil {
			t.journal.Reason = err.Error()
			return fmt.Errorf("process %d: %w", t.pid, err)
		}
		t.interp, t.group = in, s.groupOf(in)
		t.journal.Modules[o.module].Interpreter = true
		t.journal.State, t.journal.Reason = journal.Watching, ""
		t.journal.Python, t.journal.FreeThreaded = in.Release, in.FreeThreaded
		t.journal.Build, t.journal.InterpreterBias, t.journal.Runtime = journal.Shared, in.Bias, in.Runtime
		if in.Static {
			t.journal.Build = journal.Static
		}
		t.head = make([]byte, 4096)
		if t.memory.ReadAt(t.head, in.Runtime) != nil {
			t.head = nil
		}
		t.journal.FunctionsWatched = t.functionsWatched()
		return s.tell(t)
	}
	return nil
}

// groupOf numbers the sets of rules: those of a version.
func (s *Session) groupOf(in *process.Interpreter) uint32 {
	group := uint32(in.Version.Minor) << 1
	if in.FreeThreaded {
		group |= 1
	}
	return group
}

// tell puts what the programs need to know of a process into its storage.
func (s *Session) tell(t *target) error {
	p := program.Process{Id: t.id, Group: t.group}
	if s.options.Children {
		p.Follow = 1
	}
	if s.options.StopOnLoad {
		p.Stop = 1
	}
	if in := t.interp; in != nil {
		t.oracle(in, &p)
	}
	if err := s.program.Processes.Update(int32(t.pidfd), p, ebpf.UpdateAny); err != nil {
		if died := t.alive(); died != nil {
			return died
		}
		return fmt.Errorf("process %d: tell the eBPF programs of it: %w", t.pid, err)
	}
	return nil
}

func (t *target) oracle(in *process.Interpreter, p *program.Process) {
	p.Minor, p.Place, p.More, p.Initialized, p.Runtime = uint32(in.Version.Minor), in.Getter.Place, in.Getter.More, in.Initialized, in.Runtime
	p.DtvStep = 16
	for _, o := range t.objects {
		if strings.HasPrefix(filepath.Base(o.Path), "ld-musl-") || strings.HasPrefix(filepath.Base(o.Path), "libc.musl-") {
			p.DtvStep = 8
		}
	}
	switch in.Getter.Form {
	case process.Global:
		p.Oracle = program.OracleGlobal
		t.journal.Oracle = journal.OracleGlobal
	case process.Static:
		p.Oracle = program.OracleStatic
		t.journal.Oracle = journal.OracleTLS
	case process.TLSIndex:
		p.Oracle = program.OracleDynamic
		t.journal.Oracle = journal.OracleTLS
	}
	var initialized [4]byte
	if in.Initialized != 0 && t.memory.ReadAt(initialized[:], in.Initialized) == nil && initialized != [4]byte{} {
		p.WasInitialized = 1
	}
	places, err := pystack.PlacesOf(t.memory, pystack.Interpreter{Version: in.Version, Runtime: in.Runtime})
	if err != nil {
		return
	}
	to := &p.Places
	for _, pair := range []struct {
		to   *uint32
		from int
	}{
		{&to.Interpreters, places.Interpreters}, {&to.InterpreterNext, places.InterpreterNext},
		{&to.InterpreterThreads, places.InterpreterThreads}, {&to.ThreadNext, places.ThreadNext},
		{&to.ThreadId, places.ThreadID}, {&to.ThreadFrame, places.ThreadFrame},
		{&to.ThreadCframe, places.ThreadCFrame}, {&to.CframeFrame, places.CFrameFrame},
		{&to.FrameBack, places.FrameBack}, {&to.FrameCode, places.FrameCode},
		{&to.CodeName, places.CodeName}, {&to.CodeFile, places.CodeFile}, {&to.CodeLines, places.CodeLines},
	} {
		*pair.to = uint32(pair.from)
	}
	if in.Runtime != 0 {
		to.Known = 1
	}
}

// loaderHook is the function that a dynamic loader calls when it has mapped objects, for
// debuggers (glibc's elf/dl-debug.c; musl's ldso/dynlink.c).
const loaderHook = "_dl_debug_state"

// hookLoader attaches to the target's dynamic loader.
func (s *Session) hookLoader(t *target) {
	for _, o := range t.objects {
		symbol, ok := o.file.dynamic[loaderHook]
		if !ok || !strings.HasPrefix(filepath.Base(o.Path), "ld-") {
			continue
		}
		if err := s.hook(o.file, symbol.Value, s.filter(t)); err != nil {
			t.gap("modules that are loaded from now on are not watched: %v", err)
		}
		return
	}
	if t.interp != nil {
		t.gap("modules that are loaded from now on are not watched: no dynamic loader with %s is loaded", loaderHook)
	}
}

// filter is the pid that links are made for, 0 for all.
func (s *Session) filter(t *target) uint32 {
	if s.options.Children {
		return 0
	}
	return uint32(t.pid)
}

func (s *Session) hook(f *file, addr uint64, pid uint32) error {
	key := fmt.Sprint(f.Identity, pid)
	if s.loaders[key] {
		return nil
	}
	offset, ok := fileOffset(f, addr)
	if !ok {
		return fmt.Errorf("%s has no code at %#x", f.Path, addr)
	}
	ex, err := link.OpenExecutable(f.path())
	if err != nil {
		return err
	}
	l, err := ex.UprobeMulti(nil, s.program.LoadedProgram(), &link.UprobeMultiOptions{Addresses: []uint64{offset}, PID: pid})
	if err != nil {
		return err
	}
	s.hooks, s.loaders[key] = append(s.hooks, l), true
	return nil
}

func fileOffset(f *file, addr uint64) (uint64, bool) {
	for _, p := range f.ELF.Progs {
		if addr >= p.Vaddr && addr-p.Vaddr < p.Filesz {
			return addr - p.Vaddr + p.Off, true
		}
	}
	return 0, false
}

// attach scans objects and puts breakpoints on their call sites.
func (s *Session) attach(t *target, fresh []*object) error {
	scans := s.scanAll(t, fresh)
	var work []*batch
	for i, o := range fresh {
		if sc := scans[i]; sc != nil && s.verify(t, o, sc) {
			work = append(work, s.cover(t, o, sc)...)
		}
	}
	return s.attachAll(t, work)
}

// scanAll finds the sites of objects, several at a time: nil for what is not watched.
func (s *Session) scanAll(t *target, objects []*object) []*scan {
	scans := make([]*scan, len(objects))
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	var done sync.WaitGroup
	for i, o := range objects {
		if o.file.Identity == t.interp.Identity || o.file.scans[t.group] != nil {
			scans[i] = o.file.scans[t.group]
			continue
		}
		done.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			scans[i] = s.scan(t, o)
		})
	}
	done.Wait()
	for i, sc := range scans {
		if sc == nil || objects[i].file.scans[t.group] != nil {
			continue
		}
		if sc.Module == nil {
			t.gap("%s is not watched: %s", objects[i].Path, sc.failure)
			scans[i] = nil
			continue
		}
		if err := s.sites.number(s.program, sc); err != nil {
			t.gap("%s is not watched: %v", objects[i].Path, err)
			scans[i] = nil
			continue
		}
		sc.split(s.program)
		s.sites.batches = append(s.sites.batches, batches(sc)...)
		objects[i].file.scans[t.group] = sc
	}
	return scans
}

func batches(sc *scan) (all []*batch) {
	for _, b := range sc.batch {
		if b != nil {
			all = append(all, b)
		}
	}
	return all
}

// scan finds the sites of one file. In a module that is not chosen only those are taken by
// which threads attach and give their state up.
func (s *Session) scan(t *target, o *object) *scan {
	chosen := takes(s.options.Modules, o.Path)
	rules := map[string]capi.Rule{}
	var mu sync.Mutex // Scan asks from one goroutine; this is for the race detector's peace
	module, err := site.Scan(o.ELF, func(name string) bool {
		if !t.interp.Functions[name] {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		rule, known := rules[name]
		if !known {
			rule = capi.Lookup(name, t.interp.Version)
			rules[name] = rule
		}
		return rule.Watched() && (chosen || rule.Event != capi.EventNone)
	})
	if err != nil {
		return &scan{file: o.file, group: t.group, failure: err.Error()}
	}
	sc := &scan{Module: module, file: o.file, group: t.group, chosen: chosen}
	for _, at := range module.Sites {
		sc.rules = append(sc.rules, rules[at.Function])
	}
	return sc
}

// int3 is the breakpoint that another tracer, or another session, may have put.
const int3 = 0xcc

// verify compares what the process has mapped with the file that was decoded: every
// function in which a breakpoint is to stand.
func (s *Session) verify(t *target, o *object, sc *scan) bool {
	if len(sc.Sites) == 0 {
		return true
	}
	mapped := make([]byte, sc.End-sc.Start)
	if err := t.memory.ReadAt(mapped, o.Bias+sc.Start); err != nil {
		t.gap("%s is not watched: its code cannot be read: %v", o.Path, err)
		return false
	}
	var last *site.Code
	for _, at := range sc.Sites {
		if at.Code == last {
			continue
		}
		last = at.Code
		begin := at.Code.Addr - sc.Start
		if !sameCode(at.Code.Bytes, mapped[begin:begin+uint64(len(at.Code.Bytes))]) {
			t.gap("%s is not watched: its code differs from its file's", o.Path)
			return false
		}
	}
	return true
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

// cover notes that an object is watched, and what of it is not; it returns what is to be
// attached.
func (s *Session) cover(t *target, o *object, sc *scan) []*batch {
	j := t.journal
	if len(sc.Sites) > 0 && sc.chosen {
		j.Modules[o.module].Slots = len(sc.Sites)
		j.ModulesWatched++
		j.Slots += len(sc.Sites)
	}
	if sc.chosen {
		t.gapsOf(o.Path, sc.Gaps)
	}
	var work []*batch
	for _, b := range batches(sc) {
		if _, attached := b.links[s.filter(t)]; !attached {
			work = append(work, b)
		}
	}
	return work
}

func (t *target) functionsWatched() int {
	n := 0
	for name := range t.interp.Functions {
		if capi.Lookup(name, t.interp.Version).Watched() {
			n++
		}
	}
	return n
}

// gapsOf names what of a module is not covered.
func (t *target) gapsOf(path string, g site.Gaps) {
	name := filepath.Base(path)
	if g.Undescribed {
		t.gap("%s: no call is watched: .eh_frame does not describe its code", name)
	}
	if g.Undecoded > 0 {
		t.gap("%s: %d functions are not watched: they have instructions that are not known", name, g.Undecoded)
	}
	if g.Conditional > 0 {
		t.gap("%s: %d conditional jumps to the C API are not watched", name, g.Conditional)
	}
	t.addresses += g.Addresses
}

// attachAll attaches batches, several at a time.
func (s *Session) attachAll(t *target, work []*batch) error {
	pid := s.filter(t)
	links, errs := make([]link.Link, len(work)), make([]error, len(work))
	var done sync.WaitGroup
	for i, b := range work {
		done.Go(func() { links[i], errs[i] = b.attach(pid) })
	}
	done.Wait()
	for i, b := range work {
		if errs[i] == nil {
			b.links[pid] = links[i]
			continue
		}
		if err := t.alive(); err != nil {
			return err
		}
		t.gap("%s is not watched: %v", b.scan.file.Path, errs[i])
	}
	if err := errors.Join(errs...); err != nil && len(work) > 0 && !anyLink(links) {
		return notPossible(fmt.Errorf("process %d: attach to its modules: %w", t.pid, err))
	}
	return nil
}

func anyLink(links []link.Link) bool {
	for _, l := range links {
		if l != nil {
			return true
		}
	}
	return false
}
