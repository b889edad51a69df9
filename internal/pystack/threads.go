package pystack

import (
	"errors"
	"fmt"
)

// Thread names an operating system thread of the process. A field that is 0 is not
// compared.
type Thread struct {
	// ID is what pthread_self returns in the thread.
	ID uint64
	// NativeID is the thread's id in the process's own PID namespace. Thread states keep
	// it since 3.11.
	NativeID uint64
}

// ErrNoThreadState is for a thread that never attached, or whose thread state was deleted.
var ErrNoThreadState = errors.New("no thread state")

const (
	// searches is how often the lists are gone through: other threads run on, and may
	// unlink and free the element being read.
	searches = 3
	// maxListed bounds the interpreters and the thread states looked at in one search.
	maxListed = 1 << 16
)

// ThreadState returns the address of the thread state of a thread, attached or not. It
// goes through all interpreters. A thread can have one state in each: then it is the one
// in the newest interpreter where the thread has Python frames, which is where it runs, or
// ran when it detached. A thread state made in one thread for another bears the ids of the
// first up to 3.11 (Python/pystate.c, new_threadstate).
func ThreadState(m Memory, in Interpreter, thread Thread) (uint64, error) {
	p, err := open(m, in)
	if err != nil {
		return 0, err
	}
	for range searches {
		var found uint64
		if found, err = p.search(in.Runtime, thread); err == nil {
			return found, nil
		}
	}
	return 0, fmt.Errorf("thread state of thread %d (%#x): %w", thread.NativeID, thread.ID, err)
}

// search goes through the lists once.
func (p *process) search(runtime uint64, thread Thread) (uint64, error) {
	var idle uint64 // the first one found that runs no Python function
	seen := map[uint64]bool{}
	interpreter, err := p.word(runtime + uint64(p.runtimeInterpreters))
	for ; err == nil && interpreter != 0; interpreter, err = p.word(interpreter + uint64(p.interpreterNext)) {
		tstate, err := p.word(interpreter + uint64(p.interpreterThreads))
		for ; err == nil && tstate != 0; tstate, err = p.word(tstate + uint64(p.threadNext)) {
			if seen[tstate] || len(seen) > maxListed {
				return 0, fmt.Errorf("the list goes in a circle at %#x", tstate)
			}
			seen[tstate] = true
			is, err := p.isOf(tstate, thread)
			if err != nil {
				return 0, err
			}
			if !is {
				continue
			}
			if frame, err := p.innermost(tstate); err == nil && frame != 0 {
				return tstate, nil
			}
			if idle == 0 {
				idle = tstate
			}
		}
		if err != nil {
			return 0, err
		}
		if seen[interpreter] || len(seen) > maxListed {
			return 0, fmt.Errorf("the list goes in a circle at %#x", interpreter)
		}
		seen[interpreter] = true
	}
	if err == nil && idle == 0 {
		err = ErrNoThreadState
	}
	return idle, err
}

// isOf says whether the state at tstate bears one of the thread's ids.
func (p *process) isOf(tstate uint64, thread Thread) (bool, error) {
	if thread.ID != 0 {
		id, err := p.word(tstate + uint64(p.threadID))
		if err != nil || id == thread.ID {
			return err == nil, err
		}
	}
	if thread.NativeID != 0 && p.threadNativeID != 0 {
		id, err := p.word(tstate + uint64(p.threadNativeID))
		if err != nil || id == thread.NativeID {
			return err == nil, err
		}
	}
	return false, nil
}
