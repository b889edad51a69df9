package pystack

//go:generate sh -c "go run ./gen ~/.pyenv/versions/3.*/include/python3.[891]* ${DOLLAR}PYTHON_INCLUDES"

// layout says where one build of CPython keeps what a stack walk reads. Offsets are bytes
// from the start of the structure in the name's first word; where one can be missing, 0
// means that the version does not have it. The offsets hold for any Linux with 64-bit
// pointers; the generated ones come from gen/program/offsets.c.
type layout struct {
	runtimeInterpreters int // _PyRuntimeState.interpreters.head
	interpreterNext     int // PyInterpreterState.next
	interpreterThreads  int // .threads.head

	runtimeGIL     int // _PyRuntimeState.ceval.gil up to 3.11
	runtimeCurrent int // .gilstate.tstate_current up to 3.11
	interpreterGIL int // PyInterpreterState.ceval.gil since 3.12, a pointer
	interpreterOwn int // ._gil since 3.13, the lock itself if it is this interpreter's
	gilLocked      int // struct _gil_runtime_state.locked
	gilHolder      int // .last_holder
	gilEnabled     int // .enabled of a free-threaded build, where it comes first

	threadNext        int // PyThreadState.next
	threadInterpreter int // .interp
	threadID          int // .thread_id, what pthread_self returned
	threadNativeID    int // .native_thread_id, since 3.11
	threadFrame       int // .frame up to 3.10, .current_frame since 3.13
	threadCFrame      int // .cframe of 3.11 and 3.12, which lies on the C stack
	cframeFrame       int // _PyCFrame.current_frame

	frameBack        int // PyFrameObject.f_back; since 3.11 _PyInterpreterFrame.previous
	frameCode        int // .f_code, since 3.13 .f_executable
	frameLastI       int // .f_lasti up to 3.10
	frameLine        int // .f_lineno up to 3.10
	frameInstruction int // .prev_instr of 3.11 and 3.12, .instr_ptr since 3.13
	frameOwner       int // .owner since 3.11
	frameCopyIndex   int // .tlbc_index of a free-threaded 3.14 and later

	codeName           int // PyCodeObject.co_name
	codeQualName       int // .co_qualname since 3.11
	codeFile           int // .co_filename
	codeFirstLine      int // .co_firstlineno
	codeLines          int // .co_lnotab, since 3.10 .co_linetable
	codeFirstTraceable int // ._co_firsttraceable since 3.11
	codeInstructions   int // .co_code_adaptive since 3.11
	codeCopies         int // .co_tlbc of a free-threaded 3.14 and later
	copiesEntries      int // _PyCodeArray.entries

	strLength      int // PyASCIIObject.length
	strState       int // .state, a bit field
	strKindBit     int // the lowest bit of .state.kind in .state
	strCompactBit  int // of .state.compact
	strASCIIBit    int // of .state.ascii
	strASCIIData   int // the characters of a compact ASCII str
	strCompactData int // the characters of any other compact str
	strLegacyData  int // PyUnicodeObject.data, a pointer to the characters

	bytesLength int // PyVarObject.ob_size
	bytesData   int // PyBytesObject.ob_sval
}

// generated is what the headers say of a minor version.
type generated struct {
	layout, free       *layout // of the build with the GIL, and without
	told, toldFree     *layout // the places in _Py_DebugOffsets, nil before 3.13
	firstInternalOwner byte    // frames of this owner or above are no Python function's
}

// noInternalOwner stands for a version without frames of the interpreter's own.
const noInternalOwner = 255

// byMinor is what is known of 3.N, by N.
//
// Since 3.12 the evaluation loop pushes a frame of its own below the first Python frame of
// each C call into it: FRAME_OWNED_BY_CSTACK, 3.14 FRAME_OWNED_BY_INTERPRETER, both 3
// (pycore_frame.h, enum _frameowner).
var byMinor = map[int]generated{
	8:  {layout: &layout308, firstInternalOwner: noInternalOwner},
	9:  {layout: &layout309, firstInternalOwner: noInternalOwner},
	10: {layout: &layout310, firstInternalOwner: noInternalOwner},
	11: {layout: &layout311, firstInternalOwner: noInternalOwner},
	12: {layout: &layout312, firstInternalOwner: 3},
	13: {&layout313, &layout313t, &told313, &told313t, 3},
	14: {&layout314, &layout314t, &told314, &told314t, 3},
	15: {&layout315, &layout315t, &told315, &told315t, 3},
}
