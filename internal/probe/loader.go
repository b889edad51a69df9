package probe

import (
	"fmt"

	"github.com/cilium/ebpf/link"
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
