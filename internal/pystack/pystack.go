// Package pystack reads the Python frames of a thread of another process, from outside,
// while that thread stands still: CPython 3.8 and later on Linux with 64-bit pointers.
//
// The thread need not be attached. A thread that released the GIL leaves its frames in the
// thread state that it gave up, and they stay as they are until it attaches again.
//
// Nothing that is read is trusted. Every address may be garbage: the walk is bounded in
// frames, in the length of names and in the bytes that it reads, it follows no list in a
// circle, and what cannot be read is an error or a gap, never a panic.
package pystack

import (
	"errors"
	"fmt"

	"github.com/gilwatch/gilwatch/internal/capi"
)

// DefaultDepth is how many frames Stack returns where it is not told a number.
const DefaultDepth = 200

// maxDepth bounds what a caller may ask for.
const maxDepth = 1 << 16

// maxUnshown bounds the frames in a row that no Python function owns. CPython never has
// two of one kind in a row.
const maxUnshown = 64

// Interpreter is the CPython of a process.
type Interpreter struct {
	// Version decides the layout of the interpreter's structures. From 3.13 on the process
	// tells itself whether it is free-threaded, and FreeThreaded is not looked at.
	Version capi.Version
	// Runtime is the address of _PyRuntime, which libpython, or the executable of a static
	// build, exports in .dynsym.
	Runtime uint64
}

// Frame is a call of a Python function.
type Frame struct {
	// Function is co_qualname where there is one (since 3.11), else co_name. It is empty
	// where it cannot be read.
	Function string
	// File is co_filename in the bytes of the file system, which need not be UTF-8:
	// os.fsdecode's escapes are undone. It is empty where it cannot be read.
	File string
	// Line is the line being run, 0 where it is unknown.
	Line int
}

// ErrUnsupported is for an interpreter whose layout is not known.
var ErrUnsupported = errors.New("layout not known")

// Stack returns the Python frames of the thread state at address tstate, innermost first:
// at most limit, or DefaultDepth where limit is 0 or less. With truncated set there are
// more. After an error the frames up to the damage are returned with it. A thread state
// that runs no Python function has no frames, which is no error.
//
// Shown are the frames that sys._getframe shows: not the interpreter's own entry frames,
// and not a frame that has not yet come to its RESUME instruction (_PyFrame_IsIncomplete
// in Include/internal/pycore_frame.h).
func Stack(m Memory, in Interpreter, tstate uint64, limit int) (frames []Frame, truncated bool, err error) {
	if limit <= 0 {
		limit = DefaultDepth
	}
	limit = min(limit, maxDepth)
	p, err := open(m, in)
	if err != nil {
		return nil, false, err
	}
	address, err := p.innermost(tstate)
	if err != nil {
		return nil, false, err
	}
	seen := map[uint64]bool{}
	for unshown := 0; address != 0; {
		if seen[address] || unshown > maxUnshown {
			return frames, false, fmt.Errorf("frames of thread state %#x: the list goes in a circle at %#x", tstate, address)
		}
		seen[address] = true
		raw, err := p.frame(address)
		if err != nil {
			return frames, false, err
		}
		if raw.shown {
			if len(frames) == limit {
				return frames, true, nil
			}
			frames = append(frames, Frame{raw.code.function, raw.code.file, raw.line})
			unshown = 0
		} else {
			unshown++
		}
		address = raw.back
	}
	return frames, false, nil
}
