package pystack

// Places are the offsets by which a Python stack is found and followed, for one who copies
// it without reading it. 0 stands for what the version does not have.
type Places struct {
	Interpreters, InterpreterNext, InterpreterThreads int // from _PyRuntime on
	ThreadNext, ThreadID                              int // of a thread state
	ThreadFrame                                       int // where it has its newest frame,
	ThreadCFrame, CFrameFrame                         int // or, with ThreadCFrame, where that is
	FrameBack, FrameCode                              int
	CodeName, CodeFile, CodeLines                     int
}

// PlacesOf finds the layout of an interpreter, in a process that lives.
func PlacesOf(m Memory, in Interpreter) (Places, error) {
	p, err := open(m, in)
	if err != nil {
		return Places{}, err
	}
	name := p.codeName
	if p.codeQualName != 0 {
		name = p.codeQualName
	}
	return Places{
		Interpreters: p.runtimeInterpreters, InterpreterNext: p.interpreterNext, InterpreterThreads: p.interpreterThreads,
		ThreadNext: p.threadNext, ThreadID: p.threadID, ThreadFrame: p.threadFrame,
		ThreadCFrame: p.threadCFrame, CFrameFrame: p.cframeFrame,
		FrameBack: p.frameBack, FrameCode: p.frameCode,
		CodeName: name, CodeFile: p.codeFile, CodeLines: p.codeLines,
	}, nil
}
