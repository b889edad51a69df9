package process

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// image is a process's memory: code at 0x1000, words elsewhere.
type image struct {
	code  []byte
	words map[uint64]uint64
}

func (m image) ReadAt(p []byte, address uint64) error {
	if address == 0x1000 {
		copy(p, append(m.code, make([]byte, len(p))...))
		return nil
	}
	if w, ok := m.words[address]; ok && len(p) == 8 {
		binary.LittleEndian.PutUint64(p, w)
		return nil
	}
	return errNotThere
}

var errNotThere = errors.New("not there")

// The forms that compilers make of the getter, as in shim/getter_amd64.c.
func TestDecodeGetter(t *testing.T) {
	const slot = 0x3000
	for _, c := range []struct {
		name, code string
		want       Getter
	}{
		{"3.11 shared", "488b05f91f0000 488b8040020000 c3", Getter{Global, 0x500240, 0}},
		{"3.11 static", "488b05f91f0000 c3", Getter{Global, slot, 0}},
		{"3.11 in a static PIE", "488d05f91f0000 488b8040020000 c3", Getter{Global, slot + 0x240, 0}},
		{"3.14 static", "f30f1efa 64488b0425e8ffffff c3", Getter{Static, ^uint64(0x17), 0}},
		{"initial-exec", "488b05f91f0000 64488b00 c3", Getter{Static, 0x500000, 0}},
		{"3.12 shared", "4883ec08 66488d3df41f0000 666648e800000000 488b00 4883c408 c3", Getter{TLSIndex, slot, 0}},
		{"3.13 debian", "4883ec08 488d3df51f0000 e800000000 488b4008 4883c408 c3", Getter{TLSIndex, slot, 8}},
		{"3.12 in a static PIE", "4883ec08 64488b042500000000 488d80a0ffffff 488b00 4883c408 c3", Getter{Static, ^uint64(0x5f), 0}},
		{"the same, local", "4883ec08 66666664488b042500000000 488b80a8ffffff 4883c408 c3", Getter{Static, ^uint64(0x57), 0}},
		{"the thread pointer itself", "64488b042500000000 4883c408", Getter{}},
		{"another function", "488b05f91f0000 488b8040020000 4885c0", Getter{}},
		{"nothing", "", Getter{}},
	} {
		code, err := hex.DecodeString(strings.ReplaceAll(c.code, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeGetter(image{code, map[uint64]uint64{slot: 0x500000}}, 0x1000)
		if known := c.want.Form != Unknown; known != (err == nil) || got != c.want || !known && !errors.Is(err, ErrUnknownForm) {
			t.Errorf("%s: %+v (%v), want %+v", c.name, got, err, c.want)
		}
	}
}

// Memory that is gone is not code of another form.
func TestDecodeGetterOfNoMemory(t *testing.T) {
	loads, err := hex.DecodeString("488b05f91f00006448" + "8b00c3") // mov slot,%rax; mov %fs:(%rax),%rax
	if err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]uint64{"code": 0x2000, "slot": 0x1000} {
		if _, err := DecodeGetter(image{loads, nil}, address); !errors.Is(err, errNotThere) {
			t.Errorf("%s: %v, want that of the memory", name, err)
		}
	}
}

func TestDecodeInitialized(t *testing.T) {
	for code, want := range map[string]uint64{
		"8b05fa1f0000c3":               0x3000,
		"488b05f91f00008b400cc3":       0x50000c,
		"488d05f91f00008b4010c3":       0x3010,
		"488b05f91f00008b8058020000c3": 0x500258,
		"488b05f91f0000488b00c3":       0,
	} {
		raw, err := hex.DecodeString(code)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := decodeInitialized(image{raw, map[uint64]uint64{0x3000: 0x500000}}, 0x1000)
		if ok != (want != 0) || ok && got != want {
			t.Errorf("%s: %#x (%v), want %#x", code, got, ok, want)
		}
	}
}
