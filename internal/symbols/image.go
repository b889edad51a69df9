package symbols

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// image is a module's file, opened and parsed once. One that could not be used has
// a reason and nothing else.
type image struct {
	reason string
	file   *os.File
	elf    *elf.File
	symtab symtab
	slots  *slots // nil until a call site is asked about
}

// openImage opens m's file. It never fails: what stands in the way is the reason.
func openImage(m Module) *image {
	if m.Path == "" || m.Path[0] != '/' {
		// "[vdso]", "[heap]" and memory without a name.
		return &image{reason: "not a file"}
	}
	file, parsed, err := openELF(m.Path)
	if err != nil {
		return &image{reason: openReason(err)}
	}
	if id := BuildID(parsed); m.BuildID != "" && id != m.BuildID {
		file.Close()
		return &image{reason: changedReason(id, m.BuildID)}
	}
	table, err := readSymtab(parsed)
	if err != nil {
		file.Close()
		return &image{reason: err.Error()}
	}
	return &image{file: file, elf: parsed, symtab: table}
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

// close closes the file.
func (i *image) close() {
	if i.file != nil {
		i.file.Close()
	}
}
