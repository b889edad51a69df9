package symbols

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/ehframe"
	"github.com/gilwatch/gilwatch/internal/symbols/dwarf"
)

// image is a module's file, opened and parsed once. One that could not be used has
// a reason and nothing else.
type image struct {
	reason string
	path   string
	root   string // Module.Root
	file   *os.File
	elf    *elf.File
	symtab symtab
	slots  *Slots         // nil until a call site is asked about
	unwind *ehframe.Table // nil until a frame is asked about
	debug  *debugInfo     // nil until an address is asked about
}

// openImage opens m's file. It never fails: what stands in the way is the reason.
func openImage(m Module) *image {
	if m.Path == "" || m.Path[0] != '/' {
		// "[vdso]", "[heap]" and memory without a name.
		return &image{reason: "not a file"}
	}
	if m.File == "" && ofProcess(strings.TrimPrefix(m.Path, m.Root)) {
		return &image{reason: "a name that leads its own process alone to the file"}
	}
	path := m.Path
	if m.File != "" {
		path = m.File
	}
	file, parsed, err := OpenELF(path)
	if err != nil {
		return &image{reason: openReason(err)}
	}
	if id := BuildID(parsed); m.BuildID != "" && id != m.BuildID {
		file.Close()
		return &image{reason: changedReason(id, m.BuildID)}
	}
	if m.BuildID == "" && m.Loaded != (FileID{}) && m.Loaded != fileID(file) {
		file.Close()
		return &image{reason: "changed, or may have: it has no build id, and is not the file that was mapped, or was written to since"}
	}
	table, err := readSymtab(parsed, parsed)
	if err != nil {
		file.Close()
		return &image{reason: err.Error()}
	}
	return &image{path: m.Path, root: m.Root, file: file, elf: parsed, symtab: table}
}

// ofProcess reports whether a path means another file to each process, as that of memory
// without a file does (memfd_create).
func ofProcess(path string) bool {
	for _, folder := range []string{"/proc/self/", "/proc/thread-self/", "/dev/fd/"} {
		if strings.HasPrefix(path, folder) {
			return true
		}
	}
	return false
}

// fileID is zero, which no file has, when the file cannot be asked.
func fileID(file *os.File) FileID {
	var stat unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &stat); err != nil {
		return FileID{}
	}
	return FileID{stat.Dev, stat.Ino, stat.Mtim.Nano()}
}

func openReason(err error) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return "gone: no such file"
	case errors.As(err, &pathErr):
		return pathErr.Err.Error()
	default:
		return err.Error()
	}
}

func changedReason(now, mapped string) string {
	if now == "" {
		return fmt.Sprintf("changed: no build id now, %s when mapped", mapped)
	}
	return fmt.Sprintf("changed: build id is %s now, %s when mapped", now, mapped)
}

// weight counts what i holds in symbols of 24 bytes.
func (i *image) weight() int {
	n := len(i.symtab.symbols)
	if i.unwind != nil { // an entry has some twice of what a symbol takes, and as much in the file
		n += 4 * len(i.unwind.Functions())
	}
	if i.debug != nil {
		n += i.debug.weight()
	}
	return n
}

// close closes the files.
func (i *image) close(units *dwarf.Cache) {
	if i.debug != nil {
		i.debug.close(units)
	}
	if i.file != nil {
		i.file.Close()
	}
}

// nameBySymbol names the function at the virtual address addr by the symbol that
// covers it, or else by the nearest one below.
func (i *image) nameBySymbol(frame *Frame, addr uint64) {
	start, ok := codeStart(i.elf, addr)
	if !ok {
		return
	}
	var best symbol
	var bestIn *symtab
	for _, table := range []*symtab{&i.debug.symtab, &i.symtab} {
		s, exact, ok := table.find(addr, start)
		if !ok || frame.Exact || bestIn != nil && !exact && s.value <= best.value {
			continue
		}
		best, bestIn, frame.Exact = s, table, exact
	}
	if bestIn == nil {
		return
	}
	name := bestIn.name(best)
	frame.Function, frame.Short = Demangle(name)
	frame.Exact = frame.Exact && name != ""
	frame.mangled = strings.HasPrefix(name, "_Z") || strings.HasPrefix(name, "_R")
}
