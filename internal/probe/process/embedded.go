package process

import (
	"debug/elf"
	"strings"
)

// Embedded is an interpreter that is linked into a program statically, and exports nothing:
// the program's calls of the C API are plain calls of its functions.
type Embedded struct {
	Functions map[uint64]string // of the C API, by their address in the file

	main, entry uint64
	first, last uint64 // functions of the C API behind the entry point
}

// symbolTable is what a file defines by its symbol table: its data, and its functions that are
// not static.
func (o *Object) symbolTable() Dynamic {
	all, err := o.ELF.Symbols()
	if err != nil {
		return nil
	}
	d := Dynamic{}
	for _, s := range all {
		static := elf.ST_BIND(s.Info) == elf.STB_LOCAL
		if s.Section == elf.SHN_UNDEF || static && elf.ST_TYPE(s.Info) != elf.STT_OBJECT {
			continue
		}
		if _, known := d[s.Name]; !known || !static {
			d[s.Name] = s
		}
	}
	return d
}

// embedded looks at the functions of an interpreter that IsInterpreter by its symbolTable.
//
// Which code is the interpreter's own? Linkers put objects one behind the other as they stand
// on the command line, and the first of them is crt1.o, with the entry point. So the
// interpreter's begin with the first function of the C API behind that, and end with the last.
// What GNU ld collects before the entry point (its elf.em: .text.unlikely, .text.startup,
// .text.hot) is of all objects; of that only main is the program's for sure.
func (o *Object) embedded(d Dynamic, functions map[string]bool) *Embedded {
	e := &Embedded{Functions: map[uint64]string{}, main: d["main"].Value, entry: o.ELF.Entry}
	for name := range functions {
		if strings.HasPrefix(name, "PyInit_") {
			continue // a module's, of whoever
		}
		at := d[name].Value
		e.Functions[at] = name
		if at > e.entry && (e.first == 0 || at < e.first) {
			e.first = at
		}
		e.last = max(e.last, at)
	}
	return e
}

// Own tells whether the function that begins at an address of the file is the interpreter's.
func (e *Embedded) Own(start uint64) bool {
	return start < e.entry && start != e.main || start >= e.first && start <= e.last
}
