// Package program holds the eBPF programs that watch call sites, and loads them. Their
// source is in bpf/; the object file and its Go types are made from it by bpf2go and
// committed, so that a build needs no clang.
package program

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/rlimit"
)

// The structures that the programs share with gilwatch; see bpf/records.h.
type (
	Process     = gilwatchProcess
	Places      = gilwatchPlaces
	Site        = gilwatchSite
	Variant     = gilwatchVariant
	Occurrences = gilwatchOccurrences
	Record      = gilwatchRecord
	Fork        = gilwatchForkRecord
	Exit        = gilwatchExitRecord
	Birth       = gilwatchBirthRecord
	Violation   = gilwatchViolationRecord
	Registers   = gilwatchRegisters
)

// Where a process keeps the current thread state: enum oracle.
const (
	OracleNone    = 0
	OracleGlobal  = 1
	OracleStatic  = 2
	OracleDynamic = 3
)

// What a record is: enum record_type.
const (
	RecordViolation    = 1
	RecordLoad         = 2
	RecordFork         = 3
	RecordExec         = 4
	RecordExit         = 5
	RecordBirth        = 6
	RecordExecByThread = 7
)

// OwnGivenUp is the value of a thread's own state when it gave that up: OWN_GIVEN_UP.
const OwnGivenUp = 2

// Loaded are the programs and maps of one session.
type Loaded struct {
	gilwatchObjects
	sites *ebpf.Memory
}

// Load loads the programs, with room for so many sites.
func Load(sites int) (*Loaded, error) {
	// Kernels before 5.11 counted maps against this limit; without the right to raise it
	// there is none to raise on any kernel that has uprobe_multi.
	_ = rlimit.RemoveMemlock()
	spec, err := loadGilwatch()
	if err != nil {
		return nil, err
	}
	spec.Maps["sites"].MaxEntries = uint32(sites)
	l := &Loaded{}
	if err := spec.LoadAndAssign(&l.gilwatchObjects, nil); err != nil {
		return nil, fmt.Errorf("load the eBPF programs: %w", err)
	}
	if l.sites, err = l.Sites.Memory(); err == nil {
		_, err = l.Level.Run(&ebpf.RunOptions{}) // tells the programs gilwatch's own pid namespace
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("prepare the eBPF programs: %w", err)
	}
	return l, nil
}

// Close unloads everything.
func (l *Loaded) Close() { l.gilwatchObjects.Close() }

const sizeofSite = int64(unsafe.Sizeof(Site{}))

// PutSites writes the entries of sites, from the first one's number on.
func (l *Loaded) PutSites(first uint32, all []Site) error {
	if len(all) == 0 {
		return nil
	}
	raw := unsafe.Slice((*byte)(unsafe.Pointer(&all[0])), sizeofSite*int64(len(all)))
	_, err := l.sites.WriteAt(raw, int64(first)*sizeofSite)
	return err
}

// SetParity says which links' hits of a site count.
func (l *Loaded) SetParity(n, parity uint32) error {
	_, err := l.sites.WriteAt(unsafe.Slice((*byte)(unsafe.Pointer(&parity)), 4), int64(n)*sizeofSite+int64(unsafe.Offsetof(Site{}.Parity)))
	return err
}

// Hits reads how often the first len(into) sites were passed.
func (l *Loaded) Hits(into []uint64) error {
	raw := make([]byte, sizeofSite*int64(len(into)))
	if _, err := l.sites.ReadAt(raw, 0); err != nil {
		return err
	}
	for i := range into {
		into[i] = (*Site)(unsafe.Pointer(&raw[int64(i)*sizeofSite])).Hits
	}
	return nil
}

// Lost is how many violating calls, and how many other notes, found no room.
func (l *Loaded) Lost() (calls, notes uint64, err error) {
	return calls, notes, errors.Join(l.gilwatchVariables.Lost.Get(&calls), l.LostNotes.Get(&notes))
}

// As reads a record of a type out of what the ring buffer holds; nil if it is too short.
func As[T any](raw []byte) *T {
	if len(raw) < int(unsafe.Sizeof(*new(T))) {
		return nil
	}
	t := new(T)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(t)), unsafe.Sizeof(*t)), raw)
	return t
}

// LoadedProgram is the program for the dynamic loader's hook.
func (l *Loaded) LoadedProgram() *ebpf.Program { return l.gilwatchPrograms.Loaded }
