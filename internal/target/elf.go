package target

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Offsets and values of the System V ABI, chapters "ELF Header" and "Program Header".
const (
	class64    = 2
	class32    = 1
	littleEnd  = 1
	bigEnd     = 2
	typeExec   = 2
	typeDyn    = 3
	segInterp  = 3
	headerSize = 64

	machine386     = 3
	machineARM     = 40
	machineX86_64  = 62
	machineAArch64 = 183
)

// Bounds of the kernel (fs/binfmt_elf.c, load_elf_phdrs and load_elf_binary).
const (
	maxSegments    = 64 << 10 // bytes of program headers
	maxInterpreter = 4096     // PATH_MAX
)

// static is the reason of a program without PT_INTERP.
const static = "statically linked: no dynamic loader"

var errELF = errors.New("malformed ELF file")

// header is what of an ELF file decides about preloading.
type header struct {
	bits    int
	machine uint16
	loader  string // PT_INTERP; empty for a static program
}

func isELF(head []byte) bool { return bytes.HasPrefix(head, []byte("\x7fELF")) }

// readHeader reads no more than the headers and the loader's name.
func readHeader(r io.ReaderAt) (header, error) {
	var b [headerSize]byte
	if n, err := r.ReadAt(b[:], 0); err != nil && (err != io.EOF || n < 52) {
		return header{}, fmt.Errorf("%w: header: %w", errELF, err)
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch b[5] {
	case littleEnd:
	case bigEnd:
		order = binary.BigEndian
	default:
		return header{}, fmt.Errorf("%w: data encoding %d", errELF, b[5])
	}
	if kind := order.Uint16(b[16:]); kind != typeExec && kind != typeDyn {
		return header{}, fmt.Errorf("%w: type %d is no program", errELF, kind)
	}
	h := header{machine: order.Uint16(b[18:])}
	var table segments
	switch b[4] {
	case class32:
		h.bits = 32
		table = segments{uint64(order.Uint32(b[28:])), order.Uint16(b[42:]), order.Uint16(b[44:]), 32, 4, 16}
	case class64:
		h.bits = 64
		table = segments{order.Uint64(b[32:]), order.Uint16(b[54:]), order.Uint16(b[56:]), 56, 8, 32}
	default:
		return header{}, fmt.Errorf("%w: class %d", errELF, b[4])
	}
	var err error
	h.loader, err = table.loader(r, order)
	return h, err
}

// segments locates the program headers, and in one of them p_offset and p_filesz.
type segments struct {
	offset             uint64
	size, count        uint16
	wantSize           uint16
	fileOffset, fileSz int
}

// loader returns the text of PT_INTERP, empty if there is none.
func (s segments) loader(r io.ReaderAt, order binary.ByteOrder) (string, error) {
	total := int(s.size) * int(s.count)
	if s.size != s.wantSize || total == 0 || total > maxSegments || int64(s.offset) < 0 {
		return "", fmt.Errorf("%w: %d program headers of %d bytes", errELF, s.count, s.size)
	}
	b := make([]byte, total)
	if n, err := r.ReadAt(b, int64(s.offset)); n < total {
		return "", fmt.Errorf("%w: program headers: %w", errELF, err)
	}
	word := func(p []byte) uint64 {
		if s.wantSize == 32 {
			return uint64(order.Uint32(p))
		}
		return order.Uint64(p)
	}
	for ; len(b) > 0; b = b[s.size:] {
		if order.Uint32(b) == segInterp {
			return readLoader(r, word(b[s.fileOffset:]), word(b[s.fileSz:]))
		}
	}
	return "", nil
}

func readLoader(r io.ReaderAt, offset, size uint64) (string, error) {
	if size < 2 || size > maxInterpreter || int64(offset) < 0 {
		return "", fmt.Errorf("%w: loader's name of %d bytes", errELF, size)
	}
	name := make([]byte, size)
	if n, err := r.ReadAt(name, int64(offset)); uint64(n) < size {
		return "", fmt.Errorf("%w: loader's name: %w", errELF, err)
	}
	if name[size-1] != 0 {
		return "", fmt.Errorf("%w: loader's name is not terminated", errELF)
	}
	name, _, _ = bytes.Cut(name, []byte{0})
	return string(name), nil
}

// reason says why a shim for arch cannot be preloaded into the program at path.
func (h header) reason(path, arch string) string {
	own, name := machineX86_64, "x86-64"
	if arch == "arm64" {
		own, name = machineAArch64, "aarch64"
	}
	switch {
	case h.bits != 64 && (int(h.machine) == own || h.machine == machine386 || h.machine == machineARM):
		return "32-bit program: the shim is 64-bit"
	case int(h.machine) != own:
		return fmt.Sprintf("program for another machine (ELF machine %d): the shim is for %s", h.machine, name)
	case h.loader == "" && isGlibcLoader(path):
		return "" // the loader as a command: it preloads into what it is given
	case h.loader == "":
		return static
	case strings.HasPrefix(filepath.Base(h.loader), "ld-musl-"):
		return "linked with musl: this shim needs glibc"
	case !isGlibcLoader(h.loader):
		return fmt.Sprintf("its dynamic loader, %q, is not glibc's: this shim needs glibc", h.loader)
	}
	return ""
}

// isGlibcLoader goes by the names that glibc gives its loader (glibc,
// sysdeps/unix/sysv/linux/*/ldd-rewrite.sed and shlib-versions).
func isGlibcLoader(path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil && strings.HasPrefix(filepath.Base(real), "ld-musl-") {
		return false
	}
	base := filepath.Base(path)
	return strings.HasPrefix(base, "ld-linux") || strings.HasPrefix(base, "ld64.so") || strings.HasPrefix(base, "ld.so")
}
