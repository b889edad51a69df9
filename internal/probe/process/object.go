package process

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/symbols"
)

// Object is an ELF file as a process has it mapped.
type Object struct {
	Path       string // in the process's mount namespace
	Identity   Identity
	BuildID    string // hex; "" has none
	Bias       uint64 // what was added to the file's virtual addresses
	Start, End uint64 // from its first to its last mapping
	Deleted    bool
	// File is the file that is mapped, opened: it stays readable when the process has ended
	// or the file has been removed. ELF reads from it.
	File *os.File
	ELF  *elf.File
}

// Identity names a file among all that a machine has.
type Identity struct {
	Device string
	Inode  uint64
}

// ErrGone is for a file that was removed or replaced since it was mapped, and that may not
// be opened by its mapping.
var ErrGone = errors.New("the file was deleted or replaced since it was loaded")

// Mapped is an object's mappings, before its file is opened.
type Mapped struct {
	Path       string
	Identity   Identity
	Deleted    bool
	Start, End uint64
	code       Mapping
}

// Objects groups mappings by file. A file without executable mapping is no object.
func Objects(maps []Mapping) []Mapped {
	var all []Mapped
	last := map[Identity]int{}
	for _, m := range maps {
		id := Identity{m.Device, m.Inode}
		i, seen := last[id]
		// A second load of the same file begins again at offset 0.
		if !seen || m.Offset == 0 && all[i].code.Executable && m.Start != all[i].End {
			last[id] = len(all)
			all = append(all, Mapped{Path: m.Path, Identity: id, Deleted: m.Deleted, Start: m.Start, End: m.End})
			i = len(all) - 1
		}
		all[i].End = m.End
		if m.Executable && !all[i].code.Executable {
			all[i].code = m
		}
	}
	objects := all[:0]
	for _, o := range all {
		if o.code.Executable {
			objects = append(objects, o)
		}
	}
	return objects
}

// Open opens the object's file. The error wraps ErrGone where only another file is left.
func (m *Mapped) Open(pid int) (*Object, error) {
	file, err := m.openFile(pid)
	if err != nil {
		return nil, err
	}
	opened, parsed, err := symbols.OpenELF(fmt.Sprintf("/proc/self/fd/%d", file.Fd()))
	file.Close()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Path, err)
	}
	o := &Object{
		Path: m.Path, Identity: m.Identity, Deleted: m.Deleted, Start: m.Start, End: m.End,
		BuildID: symbols.BuildID(parsed), File: opened, ELF: parsed,
	}
	bias, ok := bias(parsed, m.code)
	if !ok {
		opened.Close()
		return nil, fmt.Errorf("%s: no segment of the file is what is mapped at %#x", m.Path, m.code.Start)
	}
	o.Bias = bias
	return o, nil
}

// Unmapped is the object of a file that no process need have mapped.
func Unmapped(path string) (*Object, error) {
	file, parsed, err := symbols.OpenELF(path)
	if err != nil {
		return nil, err
	}
	var stat unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &stat); err != nil {
		file.Close()
		return nil, err
	}
	device := fmt.Sprintf("%02x:%02x", unix.Major(stat.Dev), unix.Minor(stat.Dev))
	return &Object{Path: path, Identity: Identity{device, stat.Ino}, BuildID: symbols.BuildID(parsed), File: file, ELF: parsed}, nil
}

// openFile opens the very file that is mapped: by the mapping, which root may, or by name.
func (m *Mapped) openFile(pid int) (*os.File, error) {
	link := fmt.Sprintf("/proc/%d/map_files/%x-%x", pid, m.code.Start, m.code.End)
	if f, err := os.Open(link); err == nil {
		return f, nil
	}
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/root%s", pid, m.Path), os.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", m.Path, ErrGone)
	}
	if err != nil {
		return nil, err
	}
	var stat unix.Stat_t
	// Some file systems report another device for a file than for its mapping; none another
	// inode.
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil || stat.Ino != m.Identity.Inode {
		f.Close()
		return nil, fmt.Errorf("%s: %w", m.Path, ErrGone)
	}
	return f, nil
}

// bias is the address of the executable mapping, less that of its segment in the file.
func bias(f *elf.File, code Mapping) (uint64, bool) {
	const page = 4096
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 && p.Off&^(page-1) == code.Offset {
			return code.Start - p.Vaddr&^(page-1), true
		}
	}
	return 0, false
}

// Dynamic is what an object defines in its dynamic symbol table.
type Dynamic map[string]elf.Symbol

// Defined reads the dynamic symbols that the object defines. A program without a dynamic
// loader has none: its symbol table tells, if it has one.
func (o *Object) Defined() Dynamic {
	if o.loaderless() {
		return o.symbolTable()
	}
	all, err := o.ELF.DynamicSymbols()
	if err != nil {
		return nil
	}
	d := make(Dynamic, len(all))
	for _, s := range all {
		if s.Section != elf.SHN_UNDEF {
			d[s.Name] = s
		}
	}
	return d
}

// loaderless: a statically linked program. A library has no PT_INTERP either, but a name or
// something that it needs.
func (o *Object) loaderless() bool {
	for _, p := range o.ELF.Progs {
		if p.Type == elf.PT_INTERP {
			return false
		}
	}
	if o.ELF.Type == elf.ET_EXEC {
		return true
	}
	flags, err := o.ELF.DynValue(elf.DT_FLAGS_1)
	return err == nil && len(flags) > 0 && elf.DynFlag1(flags[0])&elf.DF_1_PIE != 0
}

// Close closes the file.
func (o *Object) Close() { o.File.Close() }
