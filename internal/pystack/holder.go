package pystack

import (
	"errors"
	"fmt"
)

// Holder is who held a global interpreter lock when it was looked at.
type Holder struct {
	// Held says that some thread did; the rest is zero without.
	Held bool
	// State is the thread state that the lock is held with, 0 where that is not known: up to
	// 3.11 PyThreadState_Swap(NULL) leaves none.
	State uint64
	// Thread is the thread that State was made for, or that attached it first.
	Thread Thread
}

var (
	// ErrNoGIL is for an interpreter that runs without the lock: a free-threaded build's, or
	// one before it is initialized or after it is finalized.
	ErrNoGIL = errors.New("no global interpreter lock")
	// ErrManyGILs is for a thread without a state of its own in a process with several locks:
	// nothing tells which of them it lacks.
	ErrManyGILs = errors.New("each interpreter has a lock of its own")
)

// looks is how often a lock is read until two readings agree: other threads pass it on.
const looks = 8

// GILHolder returns who holds the lock that a detached thread lacks. tstate is the state
// that the thread gave up, 0 if it never had one. Since 3.12 an interpreter can have a lock
// of its own: then it is that of tstate's.
//
// The lock is taken and given while it is read. What is returned was so at one moment.
func GILHolder(m Memory, in Interpreter, tstate uint64) (Holder, error) {
	p, err := open(m, in)
	if err != nil {
		return Holder{}, err
	}
	gil, err := p.gil(in.Runtime, tstate)
	if err != nil {
		return Holder{}, wrap(err, "lock of the interpreter with _PyRuntime at %#x", in.Runtime)
	}
	last, err := p.look(in.Runtime, gil)
	for range looks {
		if err != nil || !last.Held {
			break
		}
		again, nextErr := p.look(in.Runtime, gil)
		if nextErr == nil && again == last {
			return again, nil
		}
		last, err = again, nextErr
	}
	if err != nil {
		return Holder{}, err
	}
	if last.Held { // never the same twice: somebody holds it, and who it is changes
		last = Holder{Held: true}
	}
	return last, nil
}

// gil returns the address of the lock, a struct _gil_runtime_state.
func (p *process) gil(runtime, tstate uint64) (uint64, error) {
	switch {
	case p.gilLocked == 0:
		return 0, ErrUnsupported
	case p.runtimeGIL != 0:
		return runtime + uint64(p.runtimeGIL), nil
	case tstate == 0:
		return p.onlyGIL(runtime)
	}
	interpreter, err := p.word(tstate + uint64(p.threadInterpreter))
	if err != nil {
		return 0, err
	}
	return p.gilOf(interpreter)
}

func (p *process) gilOf(interpreter uint64) (uint64, error) {
	gil, err := p.word(interpreter + uint64(p.interpreterGIL))
	if err == nil && gil == 0 {
		err = ErrNoGIL
	}
	return gil, err
}

// onlyGIL is the lock that all interpreters share.
func (p *process) onlyGIL(runtime uint64) (uint64, error) {
	var only uint64
	interpreter, err := p.word(runtime + uint64(p.runtimeInterpreters))
	for n := 0; err == nil && interpreter != 0; interpreter, err = p.word(interpreter + uint64(p.interpreterNext)) {
		gil, err := p.gilOf(interpreter)
		if err != nil {
			return 0, err
		}
		if only != 0 && gil != only {
			return 0, ErrManyGILs
		}
		if n++; n > maxListed {
			return 0, fmt.Errorf("the list goes in a circle at %#x", interpreter)
		}
		only = gil
	}
	if err == nil && only == 0 {
		err = ErrNoGIL
	}
	return only, err
}

// look reads the lock once. `locked` is 1 when it is taken, 0 when not, and -1 before it is
// made and after it is destroyed (Include/internal/pycore_gil.h).
func (p *process) look(runtime, gil uint64) (Holder, error) {
	if p.freeThreaded {
		enabled, err := p.bytes(gil+uint64(p.gilEnabled), 4)
		if err == nil && integer(enabled, 0) == 0 {
			err = ErrNoGIL
		}
		if err != nil {
			return Holder{}, err
		}
	}
	raw, err := p.bytes(gil+uint64(p.gilLocked), 4)
	if err != nil {
		return Holder{}, err
	}
	switch integer(raw, 0) {
	case 0:
		return Holder{}, nil
	case 1:
		return p.holder(runtime, gil)
	default:
		return Holder{}, ErrNoGIL
	}
}

// holder reads with which state a taken lock is held. Up to 3.11 that is the runtime's
// current state: PyThreadState_Swap replaces it under the lock, which does not notice. Since
// 3.12 each state takes the lock for itself.
func (p *process) holder(runtime, gil uint64) (Holder, error) {
	at := gil + uint64(p.gilHolder)
	if p.runtimeCurrent != 0 {
		at = runtime + uint64(p.runtimeCurrent)
	}
	h := Holder{Held: true}
	var err error
	if h.State, err = p.word(at); err != nil || h.State == 0 {
		return h, err
	}
	if h.Thread.ID, err = p.word(h.State + uint64(p.threadID)); err == nil && p.threadNativeID != 0 {
		h.Thread.NativeID, err = p.word(h.State + uint64(p.threadNativeID))
	}
	if err != nil { // the state was freed meanwhile
		return Holder{Held: true}, nil
	}
	return h, nil
}
