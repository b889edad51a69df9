package symbols

import (
	"debug/elf"

	"github.com/gilwatch/gilwatch/internal/ehframe"
	"github.com/gilwatch/gilwatch/internal/probe/x86"
)

// maxUnwind bounds the .eh_frame that is read to look at a module's frames, in bytes. A
// debug build of LLVM has 40 MB.
const maxUnwind = 64 << 20

// Unwinding returns what .eh_frame says of the function at an address of the process, as the
// virtual address of m's file; false if it says nothing, or m's file cannot be used.
func (r *Resolver) Unwinding(m Module, address uint64) (*ehframe.Function, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	image := r.cache.get(m)
	if image.reason != "" {
		return nil, false
	}
	if image.unwind == nil {
		image.unwind = readUnwind(image.elf)
		r.cache.weigh(m)
	}
	return image.unwind.Find(address - m.Bias)
}

// readUnwind reads a file's .eh_frame; what cannot be used is an empty table.
func readUnwind(f *elf.File) *ehframe.Table {
	if s := f.Section(".eh_frame"); s == nil || s.FileSize <= maxUnwind {
		if table, err := ehframe.Read(f); err == nil {
			return table
		}
	}
	return &ehframe.Table{}
}

// maxCaller bounds the code of a function that is searched for calls, in bytes.
const maxCaller = 1 << 20

// CallsOf returns the addresses that the direct calls of the function `callee` return to, in
// the function `caller` of the same module, by its address or by the PLT stub of its name.
// complete is false if the code could not be read to its end: there may be more.
func (r *Resolver) CallsOf(m Module, caller, callee *ehframe.Function) (returns []uint64, complete bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	image := r.callSites(m)
	if image == nil || caller.End-caller.Start > maxCaller {
		return nil, false
	}
	p, ok := segment(image.elf, caller.Start, elf.PF_X)
	if !ok || caller.End-p.Vaddr > p.Filesz {
		return nil, false
	}
	code := make([]byte, caller.End-caller.Start)
	if _, err := p.ReadAt(code, int64(caller.Start-p.Vaddr)); err != nil {
		return nil, false
	}
	for at := 0; at < len(code); {
		in, ok := x86.Decode(code[at:])
		if !ok {
			return nil, false
		}
		at += in.Len
		ret := caller.Start + uint64(at)
		if target, ok := directCall(image.elf, code[:at], ret); ok && in.Map == 0 && in.Op == 0xe8 && image.leadsTo(target, callee.Start) {
			returns = append(returns, ret+m.Bias)
		}
	}
	return returns, true
}

// leadsTo reports whether a call of target enters the function at start: it is that, or a
// PLT stub for one of its names.
func (i *image) leadsTo(target, start uint64) bool {
	if target == start || !inStubs(i.elf, target) {
		return target == start
	}
	slot, ok := stubSlot(i.elf, target)
	name := i.slots.Function(slot)
	return ok && name != "" && i.symtab.called(start, name)
}
