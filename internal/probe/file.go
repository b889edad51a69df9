package probe

import (
	"fmt"
	"sync"

	"github.com/gilwatch/gilwatch/internal/ehframe"
	"github.com/gilwatch/gilwatch/internal/probe/process"
	"github.com/gilwatch/gilwatch/internal/symbols"
)

// file is a file that some process has mapped. It is opened once and stays open, so that
// the report can name what stood in it when it and the process are gone.
type file struct {
	*process.Object // with the bias and the place of the first process that mapped it
	dynamic         process.Dynamic
	unwind          func() *ehframe.Table // nil: has none
	scans           map[uint32]*scan      // by group
	readable        func() string         // path, where the file's own name does not lead to it from here; else ""
}

// files are all files of a session.
type files map[process.Identity]*file

// open returns an object of a process with its file.
func (fs files) open(m *process.Mapped, pid int) (*process.Object, *file, error) {
	o, err := m.Open(pid)
	if err != nil {
		return nil, nil, err
	}
	f := fs[m.Identity]
	if f == nil {
		f = newFile(o)
		fs[m.Identity] = f
		return o, f, nil
	}
	o.Close()
	o.File, o.ELF = f.File, f.ELF
	return o, f, nil
}

// adopt takes an object that no process need have mapped.
func (fs files) adopt(o *process.Object) *file {
	if f := fs[o.Identity]; f != nil {
		o.Close()
		return f
	}
	f := newFile(o)
	fs[o.Identity] = f
	return f
}

func newFile(o *process.Object) *file {
	f := &file{Object: o, dynamic: o.Defined(), scans: map[uint32]*scan{}}
	f.unwind = sync.OnceValue(func() *ehframe.Table {
		table, _ := ehframe.Read(o.ELF) // what was read before the damage is used
		return table
	})
	f.readable = sync.OnceValue(f.otherwiseReadable)
	return f
}

func (fs files) close() {
	for _, f := range fs {
		f.Close()
	}
}

// path is where the file can be read, whatever became of its name.
func (f *file) path() string { return fmt.Sprintf("/proc/self/fd/%d", f.File.Fd()) }

// otherwiseReadable is path where the file's own name leads to another file or to none in
// gilwatch's own root folder; "" where it leads to it.
func (f *file) otherwiseReadable() string {
	opened, parsed, err := symbols.OpenELF(f.Path)
	if err != nil {
		return f.path()
	}
	defer opened.Close()
	if f.BuildID == "" || symbols.BuildID(parsed) != f.BuildID {
		return f.path()
	}
	return ""
}
