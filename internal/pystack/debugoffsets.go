package pystack

import "fmt"

// What _Py_DebugOffsets begins with (Include/internal/pycore_debug_offsets.h, in 3.13
// pycore_runtime.h).
const (
	debugCookie       = "xdebugpy"
	debugVersion      = 8  // PY_VERSION_HEX
	debugFreeThreaded = 16 // 1 for a build with --disable-gil
	debugHead         = 24
)

// The largest offsets believed, in bytes. _PyRuntime and PyInterpreterState hold whole
// arenas and tables of static objects; the others are small.
const (
	maxGlobalOffset = 64 << 20
	maxOffset       = 4 << 10
)

// listen takes the layout that the process itself tells at the start of its _PyRuntime.
// What is not told there lies as far from its neighbour as in the headers.
func (p *process) listen(known generated, runtime uint64) error {
	head, err := p.bytes(runtime, debugHead)
	if err != nil {
		return err
	}
	if cookie := string(head[:len(debugCookie)]); cookie != debugCookie {
		return fmt.Errorf("it begins with %q, not with %q", cookie, debugCookie)
	}
	version := word(head, debugVersion)
	if major, minor := version>>24, version>>16&0xff; major != 3 || minor != uint64(p.minor) {
		return fmt.Errorf("it is of python %d.%d", major, minor)
	}
	headers, places := known.layout, known.told
	if p.freeThreaded = word(head, debugFreeThreaded) != 0; p.freeThreaded {
		headers, places = known.free, known.toldFree
	}
	p.layout = *headers
	if err := p.takeTold(places, runtime); err != nil {
		return err
	}
	p.codeFirstTraceable += p.codeInstructions - headers.codeInstructions
	p.strCompactData += p.strASCIIData - headers.strASCIIData
	p.strLegacyData += p.strASCIIData - headers.strASCIIData
	// Of the lock's fields the first is told by its place in the lock, these two by that in
	// the interpreter (_Py_DebugOffsets_INIT).
	p.gilLocked -= p.interpreterOwn
	p.gilHolder -= p.interpreterOwn
	return p.sound()
}

// takeTold replaces each offset for which places has a place in _Py_DebugOffsets.
func (p *process) takeTold(places *layout, runtime uint64) error {
	from, end := places.offsets(), 0
	for _, place := range from {
		end = max(end, *place+8)
	}
	table, err := p.bytes(runtime, end)
	if err != nil {
		return err
	}
	for i, to := range p.offsets() {
		if *from[i] == 0 {
			continue
		}
		told := word(table, *from[i])
		if told > maxGlobalOffset {
			return fmt.Errorf("the offset told at %d is %d", *from[i], told)
		}
		*to = int(told)
	}
	return nil
}

// offsets lists the offsets that _Py_DebugOffsets can tell.
func (l *layout) offsets() []*int {
	return []*int{
		&l.runtimeInterpreters, &l.interpreterNext, &l.interpreterThreads,
		&l.interpreterGIL, &l.interpreterOwn, &l.gilLocked, &l.gilHolder,
		&l.gilEnabled, &l.threadInterpreter, &l.threadNext, &l.threadID, &l.threadNativeID, &l.threadFrame,
		&l.frameBack, &l.frameCode, &l.frameInstruction, &l.frameOwner, &l.frameCopyIndex,
		&l.codeName, &l.codeQualName, &l.codeFile, &l.codeFirstLine, &l.codeLines,
		&l.codeInstructions, &l.codeCopies,
		&l.strLength, &l.strState, &l.strASCIIData, &l.bytesLength, &l.bytesData,
	}
}

// sound refuses offsets that no build has, before structures of that size are read.
func (p *process) sound() error {
	const global = 7 // of _PyRuntime and PyInterpreterState, first in offsets
	small := append(p.offsets()[global:], &p.gilLocked, &p.gilHolder, &p.codeFirstTraceable, &p.strCompactData, &p.strLegacyData)
	for _, offset := range small {
		if *offset < 0 || *offset > maxOffset {
			return fmt.Errorf("an offset of %d in a structure is told", *offset)
		}
	}
	return nil
}
