package pystack

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The longest names returned, in characters: a longer one ends in an ellipsis.
const (
	maxName = 1000
	maxFile = 4096 // PATH_MAX
)

const ellipsis = "…"

// Surrogates that os.fsdecode puts for bytes that are not UTF-8 (PEP 383).
const (
	firstEscape = 0xdc80
	lastEscape  = 0xdcff
)

// str reads the str object at address, at most limit characters of it.
func (p *process) str(address uint64, limit int) (string, error) {
	head, err := p.bytes(address, max(p.strASCIIData, p.strState+8, p.strLength+8))
	if err != nil {
		return "", err
	}
	state := binary.NativeEndian.Uint32(head[p.strState:])
	kind := int(state >> p.strKindBit & 7)
	length := int64(word(head, p.strLength))
	if length < 0 || kind != 1 && kind != 2 && kind != 4 {
		return "", fmt.Errorf("no str at %#x: length %d, kind %d", address, length, kind)
	}
	data, err := p.strData(address, state)
	if err != nil {
		return "", err
	}
	shown := int(min(length, int64(limit)))
	characters, err := p.bytes(data, shown*kind)
	if err != nil {
		return "", err
	}
	text := decode(characters, kind)
	if int64(shown) < length {
		text += ellipsis
	}
	return text, nil
}

// strData returns where the characters are (PyUnicode_DATA in Include/cpython/unicodeobject.h).
func (p *process) strData(address uint64, state uint32) (uint64, error) {
	switch {
	case state>>p.strCompactBit&1 == 0:
		return p.word(address + uint64(p.strLegacyData))
	case state>>p.strASCIIBit&1 != 0:
		return address + uint64(p.strASCIIData), nil
	}
	return address + uint64(p.strCompactData), nil
}

// decode turns characters of kind bytes each into the bytes that os.fsencode gives where the
// file system is UTF-8. What no str holds becomes U+FFFD.
func decode(characters []byte, kind int) string {
	var text strings.Builder
	for ; len(characters) >= kind; characters = characters[kind:] {
		var c uint32
		switch kind {
		case 1:
			c = uint32(characters[0])
		case 2:
			c = uint32(binary.NativeEndian.Uint16(characters))
		case 4:
			c = binary.NativeEndian.Uint32(characters)
		}
		switch {
		case c >= firstEscape && c <= lastEscape:
			text.WriteByte(byte(c))
		case c > utf8.MaxRune:
			text.WriteRune(utf8.RuneError)
		default:
			text.WriteRune(rune(c))
		}
	}
	return text.String()
}

// bytesObject reads the bytes object at address, which must not be longer than limit.
func (p *process) bytesObject(address uint64, limit int) ([]byte, error) {
	head, err := p.bytes(address, max(p.bytesLength+8, p.bytesData))
	if err != nil {
		return nil, err
	}
	length := word(head, p.bytesLength)
	if length > uint64(limit) {
		return nil, fmt.Errorf("no bytes at %#x: length %d", address, length)
	}
	return p.bytes(address+uint64(p.bytesData), int(length))
}
