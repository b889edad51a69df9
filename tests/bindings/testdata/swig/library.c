/* A library that uses Python, below SWIG's wrapper in a file of its own. */
#include "library.h"

__attribute__((always_inline)) static inline PyObject *make(void) {
    return PyUnicode_FromString("made in C"); /* MARK make */
}

PyObject *library_wrong(void) {
    return make(); /* MARK wrong */
}

PyObject *library_right(void) {
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *made = make();
    PyGILState_Release(gil);
    return made;
}
