// Package inherit remembers what this process was started with, so that a
// command started from it gets the same. Go's runtime and package syscall change
// three things on the way to main: they take over signals that were ignored,
// raise the soft limit of open files, and open /dev/null where standard
// input, output or error was closed.
//
// Package early reads the file limit before package syscall raises it.
//
// The rest changes before any Go code runs. It is kept by an entry point of the
// program's own, in entry_*.s, when the binary is linked with EntryFlag; without
// it State says what the runtime left visible.
package inherit

import (
	"syscall"

	"github.com/gilwatch/gilwatch/internal/supervise/inherit/early"
)

// EntryFlag is the linker flag that makes State exact. There is an entry point for
// linux/amd64 alone; elsewhere the flag does not link.
const EntryFlag = "-E=github.com/gilwatch/gilwatch/internal/supervise/inherit.entry"

// State is what a process inherits and Go does not keep.
type State struct {
	Ignored uint64         // ignored signals, bit N-1 for signal N
	Blocked uint64         // blocked signals, bit N-1 for signal N
	Closed  uint64         // bit N set: file descriptor N, of 0 to 2, was closed
	NoFile  syscall.Rlimit // limit of open files; zero when it could not be read
	Exact   bool           // the binary was linked with EntryFlag
}

// Has reports whether signal sig stands in set.
func Has(set uint64, sig syscall.Signal) bool {
	return sig >= 1 && sig <= 64 && set&(1<<(sig-1)) != 0
}

// The entry point writes these before the runtime starts.
var (
	entryIgnored uint64
	entryBlocked uint64
	entryClosed  uint64
	entrySeen    uint64
)

var atStart State

// AtStart returns what this process was started with.
func AtStart() State { return atStart }

func init() {
	atStart.NoFile = syscall.Rlimit{Cur: early.NoFile[0], Max: early.NoFile[1]}
	if entrySeen != 0 {
		atStart.Ignored, atStart.Blocked, atStart.Closed = entryIgnored, entryBlocked, entryClosed
		atStart.Exact = true
		return
	}
	atStart.Ignored, atStart.Blocked = ignoredNow(), blockedNow()
}
