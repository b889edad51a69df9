package journal

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
	"unsafe"
)

// Bytes is the journal as a process would have written it: the inverse of Parse, for tests
// of what reads journals. Modules come first, then violations, unloads, children and tests; the
// Offset of each module and violation, and the Unloaded of a module that has one, are set
// to where they then stand. What does not fit into its field is cut.
func (j *Journal) Bytes() []byte {
	data := make([]byte, entriesOffset)
	for i := range j.Modules {
		data = j.Modules[i].append(data)
	}
	for i := range j.Violations {
		data = j.Violations[i].append(data)
	}
	for i := range j.Modules {
		if m := &j.Modules[i]; m.Unloaded != 0 {
			m.Unloaded = uint64(len(data))
			data = appendEntry(data, entryUnload, raw(&rawUnload{Module: m.Offset}))
		}
	}
	for i := range j.Children {
		data = j.Children[i].append(data)
	}
	data = j.appendShares(data)
	h := j.rawHeader()
	h.Allocated, h.Cursor = uint64(len(data)), uint64(len(data))
	copy(data, raw(&h))
	for i, m := range j.Marks[:min(len(j.Marks), marks)] {
		r := rawMark{Tid: m.Tid, Open: word(m.Open), Entry: m.Entry, Sequence: m.Sequence}
		copy(data[marksOffset+i*sizeofMark:], raw(&r))
	}
	return data
}

func (j *Journal) rawHeader() rawHeader {
	h := rawHeader{
		Magic: headerMagic, Version: layoutVersion, Serial: j.Serial, Pid: j.Pid, Ppid: j.Ppid,
		Started: stamp(j.Started), Ended: stamp(j.Ended), Lost: j.Lost, Untold: j.Untold, State: uint32(j.State),
		Build:  map[Build]uint32{Shared: buildShared, Static: buildStatic}[j.Build],
		Oracle: map[Oracle]uint32{OracleGlobal: oracleGlobal, OracleTLS: oracleTLS, OracleGetter: oracleGetter}[j.Oracle],

		Free_threaded: word(j.FreeThreaded), Late: word(j.Late), Interpreter_bias: j.InterpreterBias, Runtime: j.Runtime, Attached: int32(j.Attached),
		Modules: uint32(j.ModulesWatched), Functions: uint32(j.FunctionsWatched),
		Slots: uint32(j.Slots), Slots_foreign: uint32(j.SlotsForeign), Argc: uint32(len(j.Argv)),
	}
	for _, v := range j.Violations {
		h.Sequence += v.Count
	}
	put(h.Python[:len(h.Python)-1], j.Python)
	put(h.Reason[:len(h.Reason)-1], j.Reason)
	put(h.Exe[:len(h.Exe)-1], j.Exe)
	for _, a := range j.Argv {
		h.Argv_size += uint32(put(h.Argv[h.Argv_size:], a+"\x00"))
	}
	return h
}

func (m *Module) append(data []byte) []byte {
	m.Offset = uint64(len(data))
	r := rawModule{
		Bias: m.Bias, Start: m.Start, End: m.End, Slots: uint32(m.Slots),
		File: rawFile(m.Loaded), Interpreter: word(m.Interpreter), Path_size: uint32(len(m.Path) + 1),
	}
	id, _ := hex.DecodeString(m.BuildID)
	r.Build_id_size = uint32(copy(r.Build_id[:], id))
	return appendEntry(data, entryModule, raw(&r), []byte(m.Path+"\x00"))
}

func (v *Violation) append(data []byte) []byte {
	v.Offset = uint64(len(data))
	r := rawViolation{
		Count: v.Count, First: stamp(v.First), Last: stamp(v.Last), Sequence: v.Sequence,
		Released: v.Released, Tstate: v.State, Self: v.Self, Current: v.Current, Gate: v.Gate,
		Pid: v.Pid, Tid: v.Tid, Frames: uint32(min(len(v.Frames), framesMax)), Started: uint32(min(len(v.Started), framesMax)),
		Truncated: word(v.Truncated), Regs: v.Regs, Releases: uint32(min(len(v.Releases), releasesMax)),
		Sensor: sensorCalls,
	}
	if v.Alloc {
		r.Sensor = sensorAlloc
	}
	for _, s := range v.Shares { // they are counted there
		r.Count -= min(s.Count, r.Count)
	}
	for number, name := range kindNames {
		if name == v.Kind {
			r.Kind = number
		}
	}
	r.Macro = word(v.Macro)
	r.Action, r.Acted, r.Declined = uint32(v.Action), v.Acted, v.Declined
	for number, words := range declinedWords {
		if words == v.Why {
			r.Why = number
		}
	}
	put(r.Thread[:len(r.Thread)-1], v.Thread)
	put(r.Function[:len(r.Function)-1], v.Function)
	var frames []byte
	for _, pc := range slices.Concat(v.Frames[:r.Frames], v.Started[:r.Started]) {
		frames = binary.NativeEndian.AppendUint64(frames, pc)
	}
	for _, release := range v.Releases[:r.Releases] {
		frames = append(frames, raw(&rawRelease{Sp: release.SP, Rbp: release.RBP, Word: release.Words})...)
	}
	places := make([]byte, r.Frames*4)
	for i, at := range v.Places[:min(len(v.Places), int(r.Frames))] {
		binary.NativeEndian.PutUint32(places[4*i:], uint32((at-v.Regs[registerSP])/8))
	}
	return appendEntry(data, entryViolation, raw(&r), frames, places)
}

func (c *Child) append(data []byte) []byte {
	reason, path := c.Reason+"\x00", c.Path+"\x00"
	r := rawChild{Pid: c.Pid, Ppid: c.Ppid, Reason_size: uint32(len(reason)), Path_size: uint32(len(path))}
	return appendEntry(data, entryChild, raw(&r), []byte(reason+path))
}

// appendEntry appends an entry whose parts begin with a raw struct, and sets its head.
func appendEntry(data []byte, kind uint32, parts ...[]byte) []byte {
	start := len(data)
	for _, part := range parts {
		data = append(data, part...)
	}
	for len(data)%8 != 0 {
		data = append(data, 0)
	}
	copy(data[start:], raw(&rawEntry{kind, uint32(len(data) - start)}))
	return data
}

// raw is the memory of a struct.
func raw[T any](value *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(value)), unsafe.Sizeof(*value))
}

func word(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func stamp(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.UnixNano())
}

// put copies as much of a text as fits, and returns how much.
func put(to []int8, from string) int {
	n := min(len(to), len(from))
	for i := range n {
		to[i] = int8(from[i])
	}
	return n
}

// Bytes is the note as a process writes it: the inverse of ParseNote.
func (n Note) Bytes() []byte {
	return append([]byte(nil), raw(&rawBell{Magic: bellMagic, Type: uint32(n.Type), Pid: n.Pid, Serial: n.Serial, Entry: n.Entry})...)
}
