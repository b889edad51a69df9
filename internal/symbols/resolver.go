package symbols

import (
	"os"
	"sync"
)

// Resolver names addresses. It keeps the modules used last open. Its methods may be
// called from several goroutines.
type Resolver struct {
	mu    sync.Mutex
	cache cache
	files debugFiles
	// cython is asked last, for positions in generated C.
	cython cythonFiles
}

// NewResolver returns a resolver with an empty cache. It asks the debuginfod servers
// in the environment variable DEBUGINFOD_URLS for what is not installed; when that is
// not set it uses no network.
func NewResolver() *Resolver { return newResolver(os.Getenv("DEBUGINFOD_URLS")) }

// NewLocalResolver returns a resolver that asks no server, whatever the environment
// says: one for inside a watched process, a thread of which waits for the answer.
func NewLocalResolver() *Resolver { return newResolver("") }

func newResolver(servers string) *Resolver {
	return &Resolver{
		cache: newCache(maxImages, maxCachedSymbols),
		files: debugFiles{folders: []string{debugFolder}, server: newDebuginfod(servers)},
	}
}

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
	if image.debug == nil {
		image.debug = openDebugInfo(image, &r.files, r.cache.units)
		r.cache.weigh(m)
	}
	image.nameBySymbol(&frame, addr)
	frame.Debug = image.debug.reason
	if image.debug.data == nil {
		return []Frame{frame}
	}
	calls, err := image.debug.data.Lookup(addr)
	if err != nil {
		frame.Debug = err.Error()
	}
	if len(calls) == 0 {
		if frame.Debug == "" {
			frame.Debug = "no debug information for this address"
		}
		return []Frame{frame}
	}
	frames := withLines(frame, calls)
	for i := range frames {
		frames[i].File = sourceName(m.Root, frames[i].File)
		r.cython.remap(&frames[i], m.Root)
	}
	return frames
}
