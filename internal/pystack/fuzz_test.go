package pystack_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/gilwatch/gilwatch/internal/capi"
	"github.com/gilwatch/gilwatch/internal/pystack"
)

// bounds is memory that counts what is read of it.
type bounds struct {
	pystack.Memory
	bytes, reads int
}

func (b *bounds) ReadAt(p []byte, address uint64) error {
	b.reads++
	b.bytes += len(p)
	return b.Memory.ReadAt(p, address)
}

// check walks m and fails where a promise of the package is broken.
func check(t *testing.T, m pystack.Memory, in pystack.Interpreter, state uint64, thread pystack.Thread) {
	t.Helper()
	counted := &bounds{Memory: m}
	const limit = 50
	frames, truncated, err := pystack.Stack(counted, in, state, limit)
	if len(frames) > limit || truncated && (len(frames) != limit || err != nil) {
		t.Errorf("%d frames, truncated %v, error %v", len(frames), truncated, err)
	}
	for _, f := range frames {
		// A character is at most four bytes, the ellipsis three.
		if len(f.Function) > 4*1000+3 || len(f.File) > 4*4096+3 || f.Line < 0 {
			t.Errorf("function of %d bytes, file of %d, line %d", len(f.Function), len(f.File), f.Line)
		}
	}
	if found, err := pystack.ThreadState(counted, in, thread); (found == 0) != (err != nil) {
		t.Errorf("state %#x, error %v", found, err)
	}
	if h, err := pystack.GILHolder(counted, in, state); h != (pystack.Holder{}) && (err != nil || !h.Held) {
		t.Errorf("the lock's holder is %+v, error %v", h, err)
	}
	_ = thread.Tid(counted, 1)
	if counted.bytes > 256<<20 || counted.reads > 8<<20 {
		t.Errorf("%d bytes in %d reads", counted.bytes, counted.reads)
	}
}

// FuzzDamaged walks the memory of a real process with words of it replaced: 11 bytes of
// the input name a place and what is put there.
func FuzzDamaged(f *testing.F) {
	all := snapshots(f)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range names {
		f.Add(byte(i), []byte{})
		f.Add(byte(i), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
		f.Add(byte(i), []byte{1, 3, 8, 0, 0, 0, 0, 0, 0, 0, 0x80, 2, 2, 0, 255, 255, 255, 255, 255, 255, 255, 255})
	}
	f.Fuzz(func(t *testing.T, version byte, changes []byte) {
		s := all[names[int(version)%len(names)]].Clone()
		for ; len(changes) >= 11; changes = changes[11:] {
			region := s.Regions[int(changes[1])%len(s.Regions)]
			at := int(changes[2]) % max(1, len(region.Bytes)-7)
			value := binary.LittleEndian.Uint64(changes[3:])
			if changes[0]&1 != 0 { // a pointer into the memory, which leads further than most
				to := s.Regions[int(value%uint64(len(s.Regions)))]
				value = to.Address + value>>32%uint64(len(to.Bytes))
			}
			size := []int{8, 4, 1, 8}[changes[0]>>1&3]
			var word [8]byte
			binary.NativeEndian.PutUint64(word[:], value)
			copy(region.Bytes[at:], word[:size])
		}
		check(t, s, s.Interpreter, s.State, pystack.Thread{ID: s.Thread, NativeID: 1})
	})
}

// everywhere is memory that has bytes at each address: every pointer leads on.
type everywhere []byte

func (e everywhere) ReadAt(p []byte, address uint64) error {
	for i := range p {
		p[i] = e[(address+uint64(i))%uint64(len(e))]
	}
	return nil
}

// FuzzGarbage walks memory that is the input, over and over.
func FuzzGarbage(f *testing.F) {
	for minor := byte(8); minor <= 15; minor++ {
		f.Add(minor, []byte("xdebugpy\x00\x00\x00\x0d\x03\x00\x00\x00"))
		f.Add(minor, make([]byte, 4096))
		f.Add(minor, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
	}
	f.Fuzz(func(t *testing.T, minor byte, memory []byte) {
		if len(memory) == 0 {
			return
		}
		in := pystack.Interpreter{Version: capi.Version{Major: 3, Minor: 8 + int(minor)%8}}
		check(t, everywhere(memory), in, 8, pystack.Thread{ID: 1, NativeID: 2})
	})
}
