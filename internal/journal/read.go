package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"
	"unsafe"
)

// ErrNotAJournal is returned for bytes that do not begin as a journal does.
var ErrNotAJournal = errors.New("not a journal")

// MaxSize is the largest journal that is read, in bytes. A process keeps its own below
// the limit in its settings.
const MaxSize = 1 << 30

// ErrLayout is returned for the journals of another version, that differ in their layout.
var ErrLayout = fmt.Errorf("%w of this gilwatch", ErrNotAJournal)

func checkHeader(h *rawHeader) error {
	switch {
	case h.Magic != headerMagic:
		return ErrNotAJournal
	case h.Version != layoutVersion:
		return fmt.Errorf("%w: its layout is number %d, not %d", ErrLayout, h.Version, layoutVersion)
	}
	return nil
}

// ReadFile reads the journal at a path, up to the end of what is in use. Children that were
// taken back are not in it.
func ReadFile(path string) (*Journal, error) {
	data, err := readUsed(path)
	if err != nil {
		return nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	j, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading journal %s: %w", path, err)
	}
	j.Children = executed(j.Children)
	return j, nil
}

// readUsed reads a journal's header, marks and entries; behind the cursor a file has up to
// a megabyte of zeros.
func readUsed(path string) ([]byte, error) {
	f, err := OpenFile(path, os.O_RDONLY)
	if errors.Is(err, ErrNotAFile) {
		return nil, ErrNotAJournal
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < entriesOffset || info.Size() > MaxSize {
		return nil, ErrNotAJournal
	}
	head := make([]byte, entriesOffset)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, err
	}
	used := min(max(at[rawHeader](head, 0).Cursor, entriesOffset), uint64(info.Size()))
	data := append(make([]byte, 0, used), head...)[:used]
	n, err := io.ReadFull(f, data[entriesOffset:])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // cut short meanwhile
		return data[:entriesOffset+n], nil
	}
	return data, err
}

// Parse reads a journal from bytes in the host's order. It fails only when there is no
// header; whatever else is wrong is said in Damage.
func Parse(data []byte) (*Journal, error) {
	if len(data) < entriesOffset {
		return nil, ErrNotAJournal
	}
	h := at[rawHeader](data, 0)
	if err := checkHeader(&h); err != nil {
		return nil, err
	}
	j := header(&h)
	for i := range marks {
		if m := at[rawMark](data, marksOffset+i*sizeofMark); m.Tid != 0 {
			j.Marks = append(j.Marks, Mark{m.Tid, m.Open != 0, m.Entry, m.Sequence})
		}
	}
	end := min(h.Cursor, h.Allocated, uint64(len(data)))
	switch {
	case h.Cursor < entriesOffset:
		j.Damage = fmt.Sprintf("its entries end at offset %d, before they begin", h.Cursor)
	case end < h.Cursor:
		j.Damage = fmt.Sprintf("%d bytes of entries are missing", h.Cursor-end)
	}
	j.entries(data[min(entriesOffset, end):end], entriesOffset)
	j.distribute()
	j.countMissing(h.Sequence)
	return j, nil
}

// countMissing adds to Lost the occurrences that were counted, but whose violation cannot
// be read. A whole journal has none: what a running process counts while it is read is
// not missing.
func (j *Journal) countMissing(occurrences uint64) {
	if j.Damage == "" && j.Unfinished == 0 {
		return
	}
	for i := range j.Violations {
		occurrences -= min(j.Violations[i].Count, occurrences)
	}
	j.Lost += min(occurrences, math.MaxUint64-j.Lost)
}

// at copies a fixed-size value out of bytes; the caller has checked that it fits.
func at[T any](data []byte, offset int) T {
	return *(*T)(unsafe.Pointer(unsafe.SliceData(data[offset : offset+int(unsafe.Sizeof(*new(T)))])))
}

func header(h *rawHeader) *Journal {
	j := &Journal{
		Serial: h.Serial, Pid: h.Pid, Ppid: h.Ppid, PidNamespace: h.Pid_namespace, State: State(h.State),
		Started: nanoseconds(h.Started), Ended: nanoseconds(h.Ended),
		Reason: text(h.Reason[:]), Python: text(h.Python[:]), Exe: text(h.Exe[:]),
		FreeThreaded: h.Free_threaded != 0, Late: h.Late != 0,
		InterpreterBias: h.Interpreter_bias, Runtime: h.Runtime, Attached: int64(h.Attached),
		ModulesWatched: int(h.Modules), FunctionsWatched: int(h.Functions),
		Slots: int(h.Slots), SlotsForeign: int(h.Slots_foreign), Lost: h.Lost, Untold: h.Untold,
	}
	j.Build = map[uint32]Build{buildShared: Shared, buildStatic: Static}[h.Build]
	j.Oracle = map[uint32]Oracle{oracleGlobal: OracleGlobal, oracleTLS: OracleTLS, oracleGetter: OracleGetter}[h.Oracle]
	argv := make([]byte, min(int(h.Argv_size), len(h.Argv)))
	for i := range argv {
		argv[i] = byte(h.Argv[i])
	}
	if len(argv) > 0 {
		j.Argv = strings.Split(strings.TrimSuffix(string(argv), "\x00"), "\x00")
	}
	return j
}

// entries walks over the entries in data, which begin at an offset of the journal. An entry
// that was claimed and not finished is passed over. It returns the offset of the first of
// those, or where the walk ended.
func (j *Journal) entries(data []byte, offset int) (finished int) {
	unfinished := -1
	for len(data) > 0 {
		size, done, fault := nextEntry(data)
		if fault != "" {
			j.damaged(offset, fault)
			break
		}
		if !done && unfinished < 0 {
			unfinished = offset
		}
		if at[rawEntry](data, 0) == (rawEntry{}) {
			j.Unfinished++
		} else {
			j.entry(at[rawEntry](data, 0).Type, data[:size], offset)
		}
		data, offset = data[size:], offset+size
	}
	if unfinished >= 0 {
		return unfinished
	}
	return offset
}

// nextEntry tells how long the entry is that data begins with, and whether it is finished.
func nextEntry(data []byte) (size int, finished bool, fault string) {
	if len(data) < sizeofEntry {
		return 0, false, "an entry is cut off"
	}
	e := at[rawEntry](data, 0)
	if e == (rawEntry{}) {
		return zeros(data), false, ""
	}
	if e.Size < sizeofEntry || e.Size%8 != 0 || int64(e.Size) > int64(len(data)) {
		return 0, false, "an entry has an impossible size"
	}
	return int(e.Size), e.Type != 0, ""
}

// zeros is the length of an entry whose thread had not even written its size: the size is
// written first, so all of it is zero, up to where the next entry begins.
func zeros(data []byte) int {
	n := 0
	for n+sizeofEntry <= len(data) && at[rawEntry](data, n) == (rawEntry{}) {
		n += sizeofEntry
	}
	return n
}

func (j *Journal) entry(kind uint32, body []byte, offset int) {
	switch kind {
	case 0:
		j.Unfinished++
	case entryModule:
		j.module(body, offset)
	case entryUnload:
		j.unload(body, offset)
	case entryViolation:
		j.violation(body, offset)
	case entryChild:
		j.child(body, offset)
	case entryTest:
		j.test(body, offset)
	case entryShare:
		j.share(body, offset)
	default:
		j.damaged(offset, "an entry is of no known type")
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
		Loaded: File(r.File), Slots: int(r.Slots), Interpreter: r.Interpreter != 0,
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
	if r.Frames > framesMax || r.Started > framesMax || r.Releases > releasesMax ||
		int64(r.Frames)*12+int64(r.Started)*8+int64(r.Releases)*sizeofRelease > int64(len(b)-sizeofViolation) {
		j.damaged(offset, "a violation has more frames than fit")
		return
	}
	kind, known := kindNames[r.Kind]
	if !known {
		j.damaged(offset, "a violation is of no known kind")
		return
	}
	v := Violation{
		Offset: uint64(offset), Kind: kind, Function: text(r.Function[:]), Count: r.Count,
		First: nanoseconds(r.First), Last: nanoseconds(r.Last), Sequence: r.Sequence,
		Released: r.Released, State: r.Tstate, Self: r.Self, Current: r.Current,
		Pid: r.Pid, Tid: r.Tid, Thread: text(r.Thread[:]), Truncated: r.Truncated != 0,
		Gate: r.Gate, Regs: r.Regs,
		Alloc: r.Sensor == sensorAlloc,
	}
	v.Macro = r.Macro != 0
	v.Action = Action(r.Action)
	v.Acted, v.Declined, v.Why = r.Acted, r.Declined, declinedWords[r.Why]
	b = b[sizeofViolation:]
	v.Frames, b = addresses(b, int(r.Frames))
	if r.Started > 0 {
		v.Started, b = addresses(b, int(r.Started))
	}
	for range r.Releases {
		release := at[rawRelease](b, 0)
		v.Releases = append(v.Releases, ReleaseSite{release.Sp, release.Rbp, release.Word})
		b = b[sizeofRelease:]
	}
	v.Places = places(b, int(r.Frames), r.Regs[registerSP])
	if v.Last.Before(v.First) { // the coarse clock lags behind the fine one by a tick
		v.Last = v.First
	}
	j.Violations = append(j.Violations, v)
}

// addresses reads n addresses, and gives what is behind them; the caller has checked that
// they are there.
func addresses(b []byte, n int) ([]uint64, []byte) {
	out := make([]uint64, n)
	for i := range out {
		out[i] = binary.NativeEndian.Uint64(b[8*i:])
	}
	return out, b[8*n:]
}

// places reads where n return addresses stood, counted in words from sp on.
func places(b []byte, n int, sp uint64) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = sp + 8*uint64(binary.NativeEndian.Uint32(b[4*i:]))
	}
	return out
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
	j.Children = append(j.Children, Child{Pid: r.Pid, Ppid: r.Ppid, Path: cString(path), Reason: cString(reason)})
}

var kindNames = map[uint32]string{
	kindGILNotHeld:      "gil-not-held",
	kindBeforeInit:      "before-init",
	kindAfterFinalize:   "after-finalize",
	kindNotAttachedHere: "not-attached-here",
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
