package symbols

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
)

// maxLink is the longest section that names another file, in bytes.
const maxLink = 8 << 10

// debugLink is what .gnu_debuglink says (GDB manual, "Debugging Information in
// Separate Files"): the debug file's name without a folder, and its CRC-32.
type debugLink struct {
	name string
	crc  uint32
}

// readDebugLink returns the file's debug link; ok is false when it has none.
func readDebugLink(f *elf.File) (link debugLink, ok bool) {
	name, rest, ok := linkSection(f, ".gnu_debuglink")
	at := int(roundUp(uint64(len(name)+1), 4)) - len(name) - 1
	if !ok || strings.ContainsRune(name, '/') || len(rest) < at+4 {
		return debugLink{}, false
	}
	return debugLink{name, binary.LittleEndian.Uint32(rest[at:])}, true
}

// altLink is what .gnu_debugaltlink says: the path of the file that holds what dwz
// found in several files, and its build id.
type altLink struct{ path, buildID string }

func readAltLink(f *elf.File) (link altLink, ok bool) {
	name, id, ok := linkSection(f, ".gnu_debugaltlink")
	if !ok || len(id) == 0 || len(id) > maxBuildID {
		return altLink{}, false
	}
	return altLink{name, hex.EncodeToString(id)}, true
}

// linkSection splits a section behind its first string.
func linkSection(f *elf.File, section string) (name string, rest []byte, ok bool) {
	s := f.Section(section)
	if s == nil || s.Type == elf.SHT_NOBITS || s.Flags&elf.SHF_COMPRESSED != 0 || s.FileSize > maxLink {
		return "", nil, false
	}
	b := make([]byte, s.FileSize)
	if _, err := s.ReadAt(b, 0); err != nil {
		return "", nil, false
	}
	before, rest, ok := bytes.Cut(b, []byte{0})
	return string(before), rest, ok && len(before) > 0
}

var errCRC = errors.New("another file than the debug link means")

// checkCRC holds a file against a debug link.
func checkCRC(file *os.File, want uint32) error {
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, 1<<62)); err != nil {
		return fmt.Errorf("reading its checksum: %w", err)
	}
	if got := sum.Sum32(); got != want {
		return fmt.Errorf("%w: CRC is %08x, want %08x", errCRC, got, want)
	}
	return nil
}
