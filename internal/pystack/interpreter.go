package pystack

import "fmt"

// process is an interpreter in a process's memory, with its layout.
type process struct {
	reader
	layout
	minor         int
	freeThreaded  bool // as the process itself tells
	firstInternal byte // see generated.firstInternalOwner
	codes         map[uint64]*code
}

// open finds the layout of the interpreter.
func open(m Memory, in Interpreter) (*process, error) {
	known, ok := byMinor[in.Version.Minor]
	if in.Version.Major != 3 || !ok {
		return nil, fmt.Errorf("python %s: %w", in.Version, ErrUnsupported)
	}
	p := &process{
		reader: reader{memory: m}, layout: *known.layout,
		minor: in.Version.Minor, firstInternal: known.firstInternalOwner,
		codes: map[uint64]*code{},
	}
	if known.told == nil {
		return p, nil
	}
	if err := p.listen(known, in.Runtime); err != nil {
		return nil, fmt.Errorf("layout of python %s from _PyRuntime at %#x: %w", in.Version, in.Runtime, err)
	}
	return p, nil
}
