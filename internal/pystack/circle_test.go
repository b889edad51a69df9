package pystack

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/capi"
)

// words is memory of single words.
type words map[uint64]uint64

func (w words) ReadAt(p []byte, address uint64) error {
	for i := range p {
		at := address + uint64(i)
		value, known := w[at&^7]
		if !known {
			return errors.New("not mapped")
		}
		var bytes [8]byte
		binary.NativeEndian.PutUint64(bytes[:], value)
		p[i] = bytes[at&7]
	}
	return nil
}

// fill maps size bytes of zeros at address.
func (w words) fill(address, size uint64) {
	for at := address; at < address+size; at += 8 {
		w[at] = 0
	}
}

// The interpreter's own frames are not shown, but they are not followed for ever either.
func TestUnshownFramesInACircle(t *testing.T) {
	const state, cframe, frame = 0x1000, 0x2000, 0x3000
	m := words{}
	m.fill(state, 0x100)
	m.fill(cframe, 0x100)
	m.fill(frame, 0x200)
	m[state+uint64(layout312.threadCFrame)] = cframe
	m[cframe+uint64(layout312.cframeFrame)] = frame
	owner := uint64(layout312.frameOwner)
	for _, at := range []uint64{frame, frame + 0x100} {
		m[at+owner&^7] |= 3 << (8 * (owner & 7)) // FRAME_OWNED_BY_CSTACK
	}
	m[frame+uint64(layout312.frameBack)] = frame + 0x100
	in := Interpreter{Version: capi.Version{Major: 3, Minor: 12}}
	if frames, truncated, err := Stack(m, in, state, 0); len(frames) != 0 || truncated || err != nil {
		t.Errorf("two frames: %v, %v, %v, want none and no error", frames, truncated, err)
	}
	m[frame+0x100+uint64(layout312.frameBack)] = frame
	if _, _, err := Stack(m, in, state, 0); err == nil || !strings.Contains(err.Error(), "circle") {
		t.Errorf("in a circle: %v", err)
	}
}

func TestListsInACircle(t *testing.T) {
	const runtime, interpreter, state = 0x1000, 0x2000, 0x3000
	m := words{}
	m.fill(runtime, 0x100)
	m.fill(interpreter, 0x100)
	m.fill(state, 0x100)
	m[runtime+uint64(layout312.runtimeInterpreters)] = interpreter
	m[interpreter+uint64(layout312.interpreterThreads)] = state
	m[state+uint64(layout312.threadID)] = 42
	in := Interpreter{Version: capi.Version{Major: 3, Minor: 12}, Runtime: runtime}
	for _, end := range []uint64{interpreter + uint64(layout312.interpreterNext), state + uint64(layout312.threadNext)} {
		if found, err := ThreadState(m, in, Thread{ID: 42}); found != state || err != nil {
			t.Errorf("sound lists: %#x, %v", found, err)
		}
		m[end] = end &^ 0xfff
		if found, err := ThreadState(m, in, Thread{ID: 41}); err == nil || !strings.Contains(err.Error(), "circle") {
			t.Errorf("in a circle: %#x, %v", found, err)
		}
		m[end] = 0
	}
}
