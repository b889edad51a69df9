package pystack

import "fmt"

// ownedByGenerator is FRAME_OWNED_BY_GENERATOR of pycore_frame.h, since 3.11. Such a frame
// has begun, wherever its instruction pointer is.
const ownedByGenerator = 1

// codeUnit is sizeof(_Py_CODEUNIT).
const codeUnit = 2

// rawFrame is a PyFrameObject up to 3.10, an _PyInterpreterFrame since.
type rawFrame struct {
	back  uint64 // the caller's frame, 0 for the outermost
	shown bool   // a Python function's, and begun; code and line are set
	code  *code
	line  int
}

// innermost returns the address of the thread state's newest frame, 0 if there is none.
func (p *process) innermost(tstate uint64) (uint64, error) {
	at, offset := tstate, p.threadFrame
	if p.threadCFrame != 0 {
		cframe, err := p.word(tstate + uint64(p.threadCFrame))
		if err != nil || cframe == 0 {
			return 0, wrap(err, "frame of thread state %#x", tstate)
		}
		at, offset = cframe, p.cframeFrame
	}
	frame, err := p.word(at + uint64(offset))
	return frame, wrap(err, "frame of thread state %#x", tstate)
}

// frame reads the frame at address.
func (p *process) frame(address uint64) (rawFrame, error) {
	size := max(p.frameBack, p.frameCode, p.frameInstruction, p.frameOwner, p.frameLastI, p.frameLine, p.frameCopyIndex) + 8
	raw, err := p.bytes(address, size)
	if err != nil {
		return rawFrame{}, wrap(err, "frame at %#x", address)
	}
	f := rawFrame{back: word(raw, p.frameBack)}
	if p.frameOwner != 0 && raw[p.frameOwner] >= p.firstInternal {
		return f, nil
	}
	// A _PyStackRef since 3.14: its low bits are flags.
	codeAddress := word(raw, p.frameCode) &^ 3
	if f.code, err = p.code(codeAddress); err != nil {
		return rawFrame{}, wrap(err, "code object of the frame at %#x", address)
	}
	if p.frameInstruction == 0 {
		f.shown, f.line = true, p.lineUpTo310(f.code, raw)
		return f, nil
	}
	first, err := p.firstInstruction(codeAddress, raw)
	if err != nil {
		return rawFrame{}, wrap(err, "instructions of the frame at %#x", address)
	}
	offset := int64(word(raw, p.frameInstruction) - first)
	f.shown = raw[p.frameOwner] == ownedByGenerator || offset >= int64(f.code.firstTraceable)*codeUnit
	f.line = f.code.line(offset, locationTable)
	return f, nil
}

// lineUpTo310 is PyFrame_GetLineNumber of Objects/frameobject.c: f_lasti counts bytes up
// to 3.9, code units in 3.10, where a set f_lineno has been assigned by a trace function.
func (p *process) lineUpTo310(c *code, raw []byte) int {
	lasti := int64(integer(raw, p.frameLastI))
	if p.minor < 10 {
		return c.line(lasti, lnotab)
	}
	if line := integer(raw, p.frameLine); line > 0 {
		return line
	}
	return c.line(lasti*codeUnit, lineTable)
}

// firstInstruction is the address from which a frame's instruction pointer counts. In a
// free-threaded 3.14 each thread runs a copy of the bytecode of its own
// (_PyFrame_GetBytecode in Include/internal/pycore_interpframe.h).
func (p *process) firstInstruction(code uint64, raw []byte) (uint64, error) {
	if p.codeCopies == 0 {
		return code + uint64(p.codeInstructions), nil
	}
	copies, err := p.word(code + uint64(p.codeCopies))
	if err != nil {
		return 0, err
	}
	index := integer(raw, p.frameCopyIndex)
	return p.word(copies + uint64(p.copiesEntries) + uint64(index)*8)
}

// wrap returns err with what was read before it, nil for nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
