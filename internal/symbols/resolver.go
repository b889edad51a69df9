package symbols

import "sync"

// Resolver names addresses. It keeps the modules used last open. Its methods may be
// called from several goroutines.
type Resolver struct {
	mu    sync.Mutex
	cache cache
}

// NewResolver returns a resolver with an empty cache.
func NewResolver() *Resolver { return &Resolver{cache: newCache(maxImages, maxCachedSymbols)} }

// Close closes the files that the resolver holds open. A resolver that is used
// again opens them again.
func (r *Resolver) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cache.clear()
}

// Resolve names the function at pc in m, innermost first when calls were inlined
// there. There is always at least one frame; what is not known in it is empty. A
// return address is looked up one byte lower, since a call that never returns may
// be its function's last instruction.
func (r *Resolver) Resolve(m Module, pc uint64, isReturn bool) []Frame {
	r.mu.Lock()
	defer r.mu.Unlock()
	frame := Frame{Module: m.Path, BuildID: m.BuildID, Offset: pc - m.Bias}
	image := r.cache.get(m)
	if image.reason != "" {
		frame.Reason = image.reason
		return []Frame{frame}
	}
	addr := frame.Offset
	if isReturn {
		addr--
	}
	if start, ok := codeStart(image.elf, addr); ok {
		if symbol, exact, ok := image.symtab.find(addr, start); ok {
			if name := image.symtab.name(symbol); name != "" {
				frame.Function, frame.Short = Demangle(name)
				frame.Exact = exact
			}
		}
	}
	return []Frame{frame}
}
