/* What the interface wraps. SWIG's C++ wrapper defines its macros only in the wrapper's file, so
 * the functions are in a header. */
#pragma once

__attribute__((always_inline)) static inline PyObject *make(void) {
    return PyUnicode_FromString("made in SWIG"); /* MARK make */
}

__attribute__((noinline)) static PyObject *wrong(void) {
    return make(); /* MARK wrong */
}

__attribute__((noinline)) static PyObject *right(void) {
    return make();
}

static PyObject *acquired_right(void) {
    SWIG_PYTHON_THREAD_BEGIN_BLOCK;
    PyObject *made = make();
    SWIG_PYTHON_THREAD_END_BLOCK;
    return made;
}
