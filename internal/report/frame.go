package report

// Frame is one native frame.
type Frame struct {
	Function *string `json:"function"`
	File     *string `json:"file"`
	Line     *int    `json:"line"`
	Column   *int    `json:"column"`
	// Module is the path of the object file; nil for memory without a file.
	Module *string `json:"module"`
	// Offset is the address less the module's load bias: a virtual address of the
	// module's file.
	Offset  *uint64 `json:"offset"`
	BuildID *string `json:"build_id"`
	Inlined bool    `json:"inlined"`

	// Nearest says that Function is the nearest symbol below the address and does
	// not cover it, as happens in a stripped module. It extends the schema and is
	// left out when it is false.
	Nearest bool `json:"nearest,omitempty"`
	// Interpreter says that Module is the object file that defines the C API. It
	// extends the schema and is left out when it is false.
	Interpreter bool `json:"interpreter,omitempty"`
	// Reason says why File is not known, Function neither, or which names of inlined calls
	// are missing; nil when nothing is, and in the interpreter's own frames. It extends the
	// schema.
	Reason *string `json:"reason,omitempty"`
}

// PythonFrame is one Python frame.
type PythonFrame struct {
	Function *string `json:"function"`
	File     *string `json:"file"`
	Line     *int    `json:"line"`
}

// SourceLine is one line of the source around a frame.
type SourceLine struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	Mark bool   `json:"mark"` // the frame's own line
}
