/* What a C library looks like to ctypes and cffi: plain functions that return an address. Both
 * call them detached, unless they are told not to. */
#include "native.h"

#include <Python.h>

static uintptr_t make(void) {
    return (uintptr_t)PyUnicode_FromString("made in C"); /* MARK make */
}

uintptr_t make_wrong(void) {
    return make(); /* MARK wrong */
}

uintptr_t make_right(void) {
    PyGILState_STATE state = PyGILState_Ensure();
    uintptr_t made = make();
    PyGILState_Release(state);
    return made;
}

uintptr_t make_wrong_after(void (*callback)(void)) {
    callback();
    return make_wrong(); /* MARK after */
}

uintptr_t make_right_after(void (*callback)(void)) {
    callback();
    return make_right();
}
