/* Prints where CPython keeps what is read of it, one "name value" a line: offsets in bytes,
 * bit positions of str's state. Compiled against the headers of one minor version. The names are
 * the fields of layout in layout.go; "told." before a name makes it the place in _Py_DebugOffsets
 * where a process tells that offset itself. */

#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_pystate.h>

#if PY_VERSION_HEX >= 0x030B0000
#    include <internal/pycore_code.h>
#    include <internal/pycore_frame.h>
#else
#    include <frameobject.h>
#endif
#if PY_VERSION_HEX >= 0x03090000
#    include <internal/pycore_interp.h>
#endif
#include <internal/pycore_gil.h>
#if PY_VERSION_HEX >= 0x03090000
#    include <internal/pycore_runtime.h>
#endif
#if PY_VERSION_HEX >= 0x030E0000
#    include <internal/pycore_interpframe.h>
#endif

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define PRINT(name, type, field) printf("%s %zu\n", name, offsetof(type, field))

static void thread_lists(void) {
    PRINT("runtimeInterpreters", _PyRuntimeState, interpreters.head);
    PRINT("interpreterNext", PyInterpreterState, next);
#if PY_VERSION_HEX >= 0x030B0000
    PRINT("interpreterThreads", PyInterpreterState, threads.head);
    PRINT("threadNativeID", PyThreadState, native_thread_id);
#else
    PRINT("interpreterThreads", PyInterpreterState, tstate_head);
#endif
    PRINT("threadInterpreter", PyThreadState, interp);
    PRINT("threadNext", PyThreadState, next);
    PRINT("threadID", PyThreadState, thread_id);
#if PY_VERSION_HEX >= 0x030D0000
    PRINT("threadFrame", PyThreadState, current_frame);
#elif PY_VERSION_HEX >= 0x030B0000
    PRINT("threadCFrame", PyThreadState, cframe);
    PRINT("cframeFrame", _PyCFrame, current_frame);
#else
    PRINT("threadFrame", PyThreadState, frame);
#endif
}

static void gil(void) {
#if PY_VERSION_HEX >= 0x030C0000
    PRINT("interpreterGIL", PyInterpreterState, ceval.gil);
#else
    PRINT("runtimeGIL", _PyRuntimeState, ceval.gil);
    PRINT("runtimeCurrent", _PyRuntimeState, gilstate.tstate_current);
#endif
    PRINT("gilLocked", struct _gil_runtime_state, locked);
    PRINT("gilHolder", struct _gil_runtime_state, last_holder);
#if PY_VERSION_HEX >= 0x030D0000
    PRINT("interpreterOwn", PyInterpreterState, _gil);
#endif
#if PY_VERSION_HEX >= 0x030D0000 && defined(Py_GIL_DISABLED)
    PRINT("gilEnabled", struct _gil_runtime_state, enabled);
#endif
}

static void frame(void) {
#if PY_VERSION_HEX >= 0x030B0000
    PRINT("frameBack", _PyInterpreterFrame, previous);
    PRINT("frameOwner", _PyInterpreterFrame, owner);
#    if PY_VERSION_HEX >= 0x030D0000
    PRINT("frameCode", _PyInterpreterFrame, f_executable);
    PRINT("frameInstruction", _PyInterpreterFrame, instr_ptr);
#    else
    PRINT("frameCode", _PyInterpreterFrame, f_code);
    PRINT("frameInstruction", _PyInterpreterFrame, prev_instr);
#    endif
#    if PY_VERSION_HEX >= 0x030E0000 && defined(Py_GIL_DISABLED)
    PRINT("frameCopyIndex", _PyInterpreterFrame, tlbc_index);
#    endif
#else
    PRINT("frameBack", PyFrameObject, f_back);
    PRINT("frameCode", PyFrameObject, f_code);
    PRINT("frameLastI", PyFrameObject, f_lasti);
    PRINT("frameLine", PyFrameObject, f_lineno);
#endif
}

static void code(void) {
    PRINT("codeName", PyCodeObject, co_name);
    PRINT("codeFile", PyCodeObject, co_filename);
    PRINT("codeFirstLine", PyCodeObject, co_firstlineno);
#if PY_VERSION_HEX >= 0x030B0000
    PRINT("codeQualName", PyCodeObject, co_qualname);
    PRINT("codeFirstTraceable", PyCodeObject, _co_firsttraceable);
    PRINT("codeInstructions", PyCodeObject, co_code_adaptive);
#endif
#if PY_VERSION_HEX >= 0x030A0000
    PRINT("codeLines", PyCodeObject, co_linetable);
#else
    PRINT("codeLines", PyCodeObject, co_lnotab);
#endif
#if PY_VERSION_HEX >= 0x030E0000 && defined(Py_GIL_DISABLED)
    PRINT("codeCopies", PyCodeObject, co_tlbc);
    PRINT("copiesEntries", _PyCodeArray, entries);
#endif
}

/* The state of a str is a bit field, which has no offset: it is filled, and the bits looked at. */
#define PRINT_BITS(name, field)                                                                    \
    do {                                                                                           \
        PyASCIIObject object;                                                                      \
        unsigned int bits;                                                                         \
        memset(&object, 0, sizeof object);                                                         \
        object.state.field = 7;                                                                    \
        memcpy(&bits, &object.state, sizeof bits);                                                 \
        printf("%s %d\n", name, __builtin_ctz(bits));                                              \
    } while (0)

static void strings(void) {
    PRINT("strLength", PyASCIIObject, length);
    PRINT("strState", PyASCIIObject, state);
    PRINT_BITS("strKindBit", kind);
    PRINT_BITS("strCompactBit", compact);
    PRINT_BITS("strASCIIBit", ascii);
    printf("strASCIIData %zu\n", sizeof(PyASCIIObject));
    printf("strCompactData %zu\n", sizeof(PyCompactUnicodeObject));
    PRINT("strLegacyData", PyUnicodeObject, data);
    PRINT("bytesLength", PyVarObject, ob_size);
    PRINT("bytesData", PyBytesObject, ob_sval);
}

#if PY_VERSION_HEX >= 0x030D0000
static void told(void) {
    PRINT("told.runtimeInterpreters", _Py_DebugOffsets, runtime_state.interpreters_head);
    PRINT("told.interpreterNext", _Py_DebugOffsets, interpreter_state.next);
    PRINT("told.interpreterThreads", _Py_DebugOffsets, interpreter_state.threads_head);
    PRINT("told.interpreterGIL", _Py_DebugOffsets, interpreter_state.ceval_gil);
    PRINT("told.interpreterOwn", _Py_DebugOffsets, interpreter_state.gil_runtime_state);
    PRINT("told.gilLocked", _Py_DebugOffsets, interpreter_state.gil_runtime_state_locked);
    PRINT("told.gilHolder", _Py_DebugOffsets, interpreter_state.gil_runtime_state_holder);
    PRINT("told.gilEnabled", _Py_DebugOffsets, interpreter_state.gil_runtime_state_enabled);
    PRINT("told.threadInterpreter", _Py_DebugOffsets, thread_state.interp);
    PRINT("told.threadNext", _Py_DebugOffsets, thread_state.next);
    PRINT("told.threadFrame", _Py_DebugOffsets, thread_state.current_frame);
    PRINT("told.threadID", _Py_DebugOffsets, thread_state.thread_id);
    PRINT("told.threadNativeID", _Py_DebugOffsets, thread_state.native_thread_id);
    PRINT("told.frameBack", _Py_DebugOffsets, interpreter_frame.previous);
    PRINT("told.frameCode", _Py_DebugOffsets, interpreter_frame.executable);
    PRINT("told.frameInstruction", _Py_DebugOffsets, interpreter_frame.instr_ptr);
    PRINT("told.frameOwner", _Py_DebugOffsets, interpreter_frame.owner);
    PRINT("told.codeName", _Py_DebugOffsets, code_object.name);
    PRINT("told.codeQualName", _Py_DebugOffsets, code_object.qualname);
    PRINT("told.codeFile", _Py_DebugOffsets, code_object.filename);
    PRINT("told.codeFirstLine", _Py_DebugOffsets, code_object.firstlineno);
    PRINT("told.codeLines", _Py_DebugOffsets, code_object.linetable);
    PRINT("told.codeInstructions", _Py_DebugOffsets, code_object.co_code_adaptive);
    PRINT("told.strLength", _Py_DebugOffsets, unicode_object.length);
    PRINT("told.strState", _Py_DebugOffsets, unicode_object.state);
    PRINT("told.strASCIIData", _Py_DebugOffsets, unicode_object.asciiobject_size);
    PRINT("told.bytesLength", _Py_DebugOffsets, bytes_object.ob_size);
    PRINT("told.bytesData", _Py_DebugOffsets, bytes_object.ob_sval);
#    if PY_VERSION_HEX >= 0x030E0000 && defined(Py_GIL_DISABLED)
    PRINT("told.frameCopyIndex", _Py_DebugOffsets, interpreter_frame.tlbc_index);
    PRINT("told.codeCopies", _Py_DebugOffsets, code_object.co_tlbc);
#    endif
}
#endif

int main(void) {
    thread_lists();
    gil();
    frame();
    code();
    strings();
#if PY_VERSION_HEX >= 0x030D0000
    told();
#endif
    return 0;
}
