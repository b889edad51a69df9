package process

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/gilwatch/gilwatch/internal/pystack"
)

// Form is how the interpreter reads the current thread state.
type Form int

// The forms.
const (
	Unknown  Form = iota
	Global        // the word at Place, 3.8 to 3.11
	Static        // the word at Place from the thread pointer
	TLSIndex      // a module index and an offset at Place, for __tls_get_addr
)

// Getter is what the machine code of the exported getter says.
type Getter struct {
	Form  Form
	Place uint64
	More  uint64 // added to the offset at Place
}

// code reads machine code from a process, at most 64 bytes of it.
type code struct {
	memory pystack.Memory
	addr   uint64 // of rest
	rest   []byte
	err    error // of the last word that could not be read
}

func readCode(memory pystack.Memory, addr uint64) (*code, error) {
	c := &code{memory: memory, addr: addr, rest: make([]byte, 64)}
	return c, memory.ReadAt(c.rest, addr)
}

func (c *code) skip(n int) {
	c.rest = c.rest[n:]
	c.addr += uint64(n)
}

// take passes over the bytes if they are next.
func (c *code) take(want string) bool {
	if !bytes.HasPrefix(c.rest, []byte(want)) {
		return false
	}
	c.skip(len(want))
	return true
}

func (c *code) disp32() uint64 {
	if len(c.rest) < 4 {
		return 0
	}
	v := uint64(int64(int32(binary.LittleEndian.Uint32(c.rest))))
	c.skip(4)
	return v
}

func (c *code) word(addr uint64) (uint64, bool) {
	var raw [8]byte
	if err := c.memory.ReadAt(raw[:], addr); err != nil {
		c.err = err
		return 0, false
	}
	return binary.LittleEndian.Uint64(raw[:]), true
}

func (c *code) prologue() {
	c.take("\xf3\x0f\x1e\xfa") // endbr64
	if c.take("\x55") {        // push %rbp
		_ = c.take("\x48\x89\xe5") || c.take("\x48\x8b\xec") // mov %rsp,%rbp
	}
	c.take("\x48\x83\xec\x08") // sub $8,%rsp
}

// load passes over mov [disp](%rax),%rax.
func (c *code) load() (disp uint64, ok bool) {
	switch {
	case c.take("\x48\x8b\x00"):
		return 0, true
	case c.take("\x48\x8b\x40") && len(c.rest) > 0:
		disp = uint64(int64(int8(c.rest[0])))
		c.skip(1)
		return disp, true
	case c.take("\x48\x8b\x80"):
		return c.disp32(), true
	}
	return 0, false
}

// returns: the function ends here, so that what was read is all it reads.
func (c *code) returns() bool {
	c.take("\x48\x83\xc4\x08")           // add $8,%rsp
	_ = c.take("\x5d") || c.take("\xc9") // pop %rbp, leave
	return c.take("\xc3")
}

// ErrUnknownForm says that a function's machine code is of no form that is known.
var ErrUnknownForm = errors.New("no known form")

// DecodeGetter reads the forms that shim/getter_amd64.c lists, in another process. The error
// is ErrUnknownForm, or that of the process's memory.
func DecodeGetter(memory pystack.Memory, addr uint64) (Getter, error) {
	c, err := readCode(memory, addr)
	if err != nil {
		return Getter{}, err
	}
	g, ok := c.getter()
	if !ok && c.err != nil {
		return Getter{}, c.err
	}
	if !ok {
		return Getter{}, ErrUnknownForm
	}
	return g, nil
}

func (c *code) getter() (Getter, bool) {
	c.prologue()
	if c.pointer() {
		if place := c.disp32(); place != 0 {
			return Getter{Form: Static, Place: place}, c.returns()
		}
		return c.relaxed()
	}
	if c.take("\x48\x8d\x05") { // lea disp(%rip),%rax: what a linker makes of mov slot,%rax
		disp := c.disp32()
		place := c.addr + disp
		more, ok := c.load()
		return Getter{Form: Global, Place: place + more}, ok && c.returns()
	}
	if !c.take("\x48\x8b\x05") { // mov disp(%rip),%rax
		return c.dynamic()
	}
	disp := c.disp32()
	slot := c.addr + disp
	if more, ok := c.load(); ok {
		base, read := c.word(slot)
		return Getter{Form: Global, Place: base + more}, read && c.returns()
	}
	if c.take("\x64\x48\x8b\x00") { // mov %fs:(%rax),%rax
		place, read := c.word(slot)
		return Getter{Form: Static, Place: place}, read && c.returns()
	}
	return Getter{Form: Global, Place: slot}, c.returns()
}

// pointer passes over the beginning of mov %fs:disp32,%rax, with the prefixes that fill up
// what a linker made it from.
func (c *code) pointer() bool {
	return c.take("\x64\x48\x8b\x04\x25") || c.take("\x66\x66\x66\x64\x48\x8b\x04\x25")
}

// relaxed is what a linker makes of dynamic in a program, behind mov %fs:0,%rax: lea
// disp(%rax),%rax; mov [disp](%rax),%rax (Elf handling of thread-local storage, 4.4.6).
func (c *code) relaxed() (Getter, bool) {
	g := Getter{Form: Static}
	if c.take("\x48\x8d\x80") {
		g.Place = c.disp32()
	}
	more, ok := c.load()
	g.Place += more
	return g, ok && c.returns()
}

// dynamic: lea X(%rip),%rdi; call __tls_get_addr; mov [disp](%rax),%rax.
func (c *code) dynamic() (Getter, bool) {
	c.take("\x66")
	if !c.take("\x48\x8d\x3d") {
		return Getter{}, false
	}
	disp := c.disp32()
	index := c.addr + disp
	_ = c.take("\x66\x66\x48") || c.take("\x66\x48")
	if !c.take("\xe8") && !c.take("\xff\x15") {
		return Getter{}, false
	}
	c.disp32()
	more, ok := c.load()
	return Getter{Form: TLSIndex, Place: index, More: more}, ok && c.returns()
}

// decodeInitialized reads Py_IsInitialized: `return _PyRuntime.initialized`, an int.
func decodeInitialized(memory pystack.Memory, addr uint64) (place uint64, ok bool) {
	c, err := readCode(memory, addr)
	if err != nil {
		return 0, false
	}
	c.prologue()
	if c.take("\x8b\x05") { // mov disp(%rip),%eax
		disp := c.disp32()
		place = c.addr + disp
		return place, c.returns()
	}
	linked := c.take("\x48\x8d\x05") // lea disp(%rip),%rax
	if !linked && !c.take("\x48\x8b\x05") {
		return 0, false
	}
	disp := c.disp32()
	base := c.addr + disp
	ok = true
	if !linked {
		base, ok = c.word(base)
	}
	switch {
	case c.take("\x8b\x40") && len(c.rest) > 0: // mov disp8(%rax),%eax
		base += uint64(int64(int8(c.rest[0])))
		c.skip(1)
	case c.take("\x8b\x80"): // mov disp32(%rax),%eax
		base += c.disp32()
	default:
		return 0, false
	}
	return base, ok && c.returns()
}
