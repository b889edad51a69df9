// Package symbols turns addresses of a watched process into names. It reads the
// modules' files, never the process: a frame whose file has changed or gone since
// it was mapped degrades to module and offset, and says why.
//
// Every file is foreign. Section and table sizes are held against the file's size
// and against fixed limits before anything is allocated, names are read one at a
// time when they are asked for, and nothing is mapped, so that a file truncated
// meanwhile is an error and not a SIGBUS.
package symbols

// Module is an ELF file as a process has it mapped.
type Module struct {
	// Path is the file's name, as the process's maps or link map give it. It is
	// empty for memory without a file.
	Path string
	// File is where the file can be read when that is not Path: the process may have
	// another root folder, or the file no name any more.
	File string
	// Root stands before the names of other files that debug information gives, where
	// the process has another root folder. Path has it already.
	Root string
	// BuildID is the build id seen in the process, in lower-case hex; "" when it
	// is not known. A file with another one is not used.
	BuildID string
	// Loaded is the file that Path led to when it was mapped, asked about where there is
	// no BuildID: another one is not used. It is zero when that is not known.
	Loaded FileID
	// Bias is what was added to the file's virtual addresses when it was mapped
	// (l_addr in glibc's link map); 0 for an executable of type ET_EXEC.
	Bias uint64
}

// FileID tells one file from another, and from itself before it was written to.
type FileID struct {
	Device, Inode uint64
	Written       int64 // st_mtime, ns
}

// Frame is one function at one address. Inlined calls share an address, so one
// address can give several frames.
type Frame struct {
	// Function is the demangled name with its parameters; "" when it is not known.
	Function string
	// Short is Function without parameters, clone suffixes and long template
	// arguments; "" when Function is.
	Short string
	// Module and BuildID are those of the Module that was asked about.
	Module  string
	BuildID string
	// Offset is the address less the module's bias: the file's virtual address.
	Offset uint64
	// Exact says that the address lies inside the symbol's size. When it is false
	// and Function is not empty, Function is merely the nearest symbol below.
	Exact bool
	// File, Line and Column are the source position, counted from 1; "" and 0 when
	// it is not known.
	File   string
	Line   int
	Column int
	// Inlined says that the function was inlined into the next frame's.
	Inlined bool
	// Reason says why the module's file could not be used; "" when it could.
	Reason string
	// Debug says why a file that could be used gave no source position, or no names
	// of inlined calls: it has no debug information, or what is wrong with that; ""
	// when nothing is missing.
	Debug string

	mangled bool // Function was mangled in the symbol table
}
