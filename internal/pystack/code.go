package pystack

import "errors"

// maxLines bounds the line table of a code object, in bytes: that of a module with a
// million lines.
const maxLines = 4 << 20

// code is what is read of a PyCodeObject.
type code struct {
	function       string
	file           string
	firstLine      int
	firstTraceable int // index of the RESUME instruction, in code units
	lines          []byte
}

var errNoCode = errors.New("neither its name nor its file can be read")

// code reads the code object at address, once.
func (p *process) code(address uint64) (*code, error) {
	if known := p.codes[address]; known != nil {
		return known, nil
	}
	size := max(p.codeName, p.codeQualName, p.codeFile, p.codeFirstLine, p.codeLines, p.codeFirstTraceable) + 8
	raw, err := p.bytes(address, size)
	if err != nil {
		return nil, err
	}
	name := p.codeName
	if p.codeQualName != 0 {
		name = p.codeQualName
	}
	c := &code{firstLine: integer(raw, p.codeFirstLine)}
	if p.codeFirstTraceable != 0 {
		c.firstTraceable = integer(raw, p.codeFirstTraceable)
	}
	var functionErr, fileErr, linesErr error
	c.function, functionErr = p.str(word(raw, name), maxName)
	c.file, fileErr = p.str(word(raw, p.codeFile), maxFile)
	if functionErr != nil && fileErr != nil {
		return nil, errors.Join(errNoCode, functionErr)
	}
	// Without the table the line is unknown, and the rest is told.
	if c.lines, linesErr = p.bytesObject(word(raw, p.codeLines), maxLines); linesErr != nil {
		c.firstLine, c.lines = 0, nil
	}
	p.codes[address] = c
	return c, nil
}

// line looks up the instruction at offset, in bytes, in the code's table. It returns 0 where
// the line is unknown.
func (c *code) line(offset int64, look func(table []byte, offset int64, first int) int) int {
	if c.firstLine <= 0 {
		return 0
	}
	return max(0, look(c.lines, offset, c.firstLine))
}
