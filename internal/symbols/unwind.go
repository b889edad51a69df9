package symbols

import (
	"debug/elf"

	"github.com/gilwatch/gilwatch/internal/ehframe"
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
