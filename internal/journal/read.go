package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"
	"unsafe"
)

// ErrNotAJournal is returned for bytes that do not begin as a journal does.
var ErrNotAJournal = errors.New("not a journal")

// maxJournal is the largest file that is read, in bytes; the shim keeps to the limit in
// its settings, which is below.
const maxJournal = 1 << 30

// ReadFile reads the journal at a path.
func ReadFile(path string) (*Journal, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxJournal {
		return nil, fmt.Errorf("reading journal %s: %w", path, ErrNotAJournal)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	j, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	return j, nil
}

// Parse reads a journal from bytes in the host's order. It fails only when there is no
// header; whatever else is wrong is said in Damage.
func Parse(data []byte) (*Journal, error) {
	if len(data) < entriesOffset {
		return nil, ErrNotAJournal
	}
	h := at[rawHeader](data, 0)
	if h.Magic != headerMagic || h.Version != layoutVersion {
		return nil, ErrNotAJournal
	}
	j := header(&h)
	for i := range marks {
		if m := at[rawMark](data, marksOffset+i*sizeofMark); m.Tid != 0 {
			j.Marks = append(j.Marks, Mark{m.Tid, m.Open != 0, m.Entry, m.Sequence})
		}
	}
	end := min(h.Cursor, h.Allocated, uint64(len(data)))
	if end < h.Cursor {
		j.Damage = fmt.Sprintf("%d bytes of entries are missing", h.Cursor-end)
	}
	j.entries(data[:end])
	return j, nil
}

// at copies a fixed-size value out of bytes; the caller has checked that it fits.
func at[T any](data []byte, offset int) T {
	return *(*T)(unsafe.Pointer(unsafe.SliceData(data[offset : offset+int(unsafe.Sizeof(*new(T)))])))
}

func header(h *rawHeader) *Journal {
	j := &Journal{
		Serial: h.Serial, Pid: h.Pid, Ppid: h.Ppid, State: State(h.State),
		Started: nanoseconds(h.Started), Ended: nanoseconds(h.Ended),
		Reason: text(h.Reason[:]), Python: text(h.Python[:]), Exe: text(h.Exe[:]),
		FreeThreaded: h.Free_threaded != 0, Late: h.Late != 0,
		InterpreterBias: h.Interpreter_bias,
		ModulesWatched:  int(h.Modules), FunctionsWatched: int(h.Functions),
		Slots: int(h.Slots), SlotsForeign: int(h.Slots_foreign), Lost: h.Lost,
	}
	j.Build = map[uint32]Build{buildShared: Shared, buildStatic: Static}[h.Build]
	j.Oracle = map[uint32]Oracle{oracleGlobal: OracleGlobal, oracleTLS: OracleTLS, oracleGetter: OracleGetter}[h.Oracle]
	argv := make([]byte, min(int(h.Argv_size), len(h.Argv)))
	for i := range argv {
		argv[i] = byte(h.Argv[i])
	}
	for _, a := range bytes.Split(bytes.TrimSuffix(argv, []byte{0}), []byte{0}) {
		j.Argv = append(j.Argv, string(a))
	}
	return j
}

// entries walks over what lies between the header and the end; an entry that was
// claimed and not finished is passed over.
func (j *Journal) entries(data []byte) {
	for offset := entriesOffset; offset < len(data); {
		if len(data)-offset < sizeofEntry {
			j.damaged(offset, "an entry is cut off")
			return
		}
		e := at[rawEntry](data, offset)
		if e.Size < sizeofEntry || e.Size%8 != 0 || int64(e.Size) > int64(len(data)-offset) {
			j.damaged(offset, "an entry has an impossible size")
			return
		}
		body := data[offset : offset+int(e.Size)]
		switch e.Type {
		case entryModule:
			j.module(body, offset)
		case entryUnload:
			j.unload(body, offset)
		case entryViolation:
			j.violation(body, offset)
		case entryChild:
			j.child(body, offset)
		}
		offset += int(e.Size)
	}
}

func (j *Journal) damaged(offset int, what string) {
	if j.Damage == "" {
		j.Damage = fmt.Sprintf("at offset %d %s", offset, what)
	}
}

func (j *Journal) module(b []byte, offset int) {
	if len(b) < sizeofModule {
		j.damaged(offset, "a module entry is too short")
		return
	}
	r := at[rawModule](b, 0)
	if r.Build_id_size > buildIDMax || int64(r.Path_size) > int64(len(b)-sizeofModule) {
		j.damaged(offset, "a module entry is longer than its size")
		return
	}
	j.Modules = append(j.Modules, Module{
		Offset: uint64(offset), Path: cString(b[sizeofModule : sizeofModule+int(r.Path_size)]),
		BuildID: hex.EncodeToString(r.Build_id[:r.Build_id_size]), Bias: r.Bias, Start: r.Start, End: r.End,
		Slots: int(r.Slots), Interpreter: r.Interpreter != 0,
	})
}

func (j *Journal) unload(b []byte, offset int) {
	if len(b) < sizeofUnload {
		j.damaged(offset, "an unload entry is too short")
		return
	}
	r := at[rawUnload](b, 0)
	for i := len(j.Modules) - 1; i >= 0; i-- {
		if j.Modules[i].Offset == r.Module {
			j.Modules[i].Unloaded = uint64(offset)
			return
		}
	}
}

func (j *Journal) violation(b []byte, offset int) {
	if len(b) < sizeofViolation {
		j.damaged(offset, "a violation is too short")
		return
	}
	r := at[rawViolation](b, 0)
	if r.Frames > framesMax || int64(r.Frames)*12 > int64(len(b)-sizeofViolation) {
		j.damaged(offset, "a violation has more frames than fit")
		return
	}
	v := Violation{
		Offset: uint64(offset), Kind: kindName(r.Kind), Function: text(r.Function[:]), Count: r.Count,
		First: nanoseconds(r.First), Last: nanoseconds(r.Last), Sequence: r.Sequence,
		Released: r.Released, HasState: r.Tstate != 0, Current: r.Current,
		Pid: r.Pid, Tid: r.Tid, Thread: text(r.Thread[:]), Truncated: r.Truncated != 0,
		Frames: make([]uint64, r.Frames), Gate: r.Gate, Regs: r.Regs,
	}
	for i := range v.Frames {
		v.Frames[i] = binary.NativeEndian.Uint64(b[sizeofViolation+i*8:])
	}
	if v.Last.Before(v.First) { // the coarse clock lags behind the fine one by a tick
		v.Last = v.First
	}
	j.Violations = append(j.Violations, v)
}

func (j *Journal) child(b []byte, offset int) {
	if len(b) < sizeofChild {
		j.damaged(offset, "a child entry is too short")
		return
	}
	r := at[rawChild](b, 0)
	if int64(r.Reason_size)+int64(r.Path_size) > int64(len(b)-sizeofChild) {
		j.damaged(offset, "a child entry is longer than its size")
		return
	}
	reason := b[sizeofChild : sizeofChild+int(r.Reason_size)]
	path := b[sizeofChild+int(r.Reason_size) : sizeofChild+int(r.Reason_size)+int(r.Path_size)]
	j.Children = append(j.Children, Child{Pid: r.Pid, Path: cString(path), Reason: cString(reason)})
}

func kindName(kind uint32) string {
	switch kind {
	case kindBeforeInit:
		return "before-init"
	case kindAfterFinalize:
		return "after-finalize"
	case kindNotAttachedHere:
		return "not-attached-here"
	default:
		return "gil-not-held"
	}
}

func nanoseconds(ns uint64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(ns))
}

func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

func text(chars []int8) string {
	b := make([]byte, 0, len(chars))
	for _, c := range chars {
		if c == 0 {
			break
		}
		b = append(b, byte(c))
	}
	return string(b)
}
