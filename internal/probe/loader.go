package probe

import (
	"fmt"

	"github.com/cilium/ebpf/link"

	"github.com/gilwatch/gilwatch/internal/probe/process"
)

// loaderHook is the function that a dynamic loader calls when it has mapped objects, for
// debuggers (glibc's elf/dl-debug.c; musl's ldso/dynlink.c).
const loaderHook = "_dl_debug_state"

// isMusl: musl's library is its own dynamic loader, under whatever name it is mapped.
func (f *file) isMusl() bool {
	_, loads := f.dynamic[loaderHook]
	_, prints := f.dynamic["printf"]
	return loads && prints
}

// hookLoader attaches to the target's dynamic loader.
func (s *Session) hookLoader(t *target) {
	for _, o := range t.objects {
		symbol, ok := o.file.dynamic[loaderHook]
		if !ok {
			continue
		}
		if err := s.hook(o.file, symbol.Value, s.filter(t)); err != nil {
			t.gap("modules that are loaded from now on are not watched: %v", err)
		}
		return
	}
	if t.interp != nil && t.interp.Embedded == nil { // a program without loader loads none
		t.gap("modules that are loaded from now on are not watched: no dynamic loader with %s is loaded", loaderHook)
	}
}

// filter is the pid that links are made for, 0 for all: the programs ask themselves whose call
// it is.
func (s *Session) filter(t *target) uint32 {
	if s.options.Children || !s.filters {
		return 0
	}
	return uint32(t.pid)
}

// hookKey is a dynamic loader, and the pid that its hook is for; 0 is all.
type hookKey struct {
	loader process.Identity
	pid    uint32
}

func (s *Session) hook(f *file, addr uint64, pid uint32) error {
	key := hookKey{f.Identity, pid}
	if s.loaders[key] != nil {
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
	s.loaders[key] = l
	return nil
}

// dropLinks closes the links that were made for a process of which another thread than the main
// one executes a program. They are for the task that was the main thread then: where that has no
// memory any more the kernel puts no breakpoints for them (uprobe_multi_link_filter in
// kernel/trace/bpf_trace.c). Where those of other links stand, these would be told of them, too.
func (s *Session) dropLinks(t *target) {
	pid := s.filter(t)
	if pid == 0 {
		return
	}
	old := s.sites.drop(pid)
	for key, l := range s.loaders {
		if key.pid == pid {
			old = append(old, l)
			delete(s.loaders, key)
		}
	}
	closeAll(old)
}

func fileOffset(f *file, addr uint64) (uint64, bool) {
	for _, p := range f.ELF.Progs {
		if addr >= p.Vaddr && addr-p.Vaddr < p.Filesz {
			return addr - p.Vaddr + p.Off, true
		}
	}
	return 0, false
}
