/* A library whose relocation takes long enough for another thread to look a symbol up
 * meanwhile. What is slow is a resolver in the middle of its own relocations, or, with
 * SLOW_LIBRARY, a library that is relocated before it. */
#include "fixture.h"

#ifdef SLOW_LIBRARY
int library_successor(int x);
#    define SUCCESSOR library_successor
#else
#    include "slowresolver.h"
#    define SUCCESSOR slow_successor
#endif

FIXTURE_EXPORT long wrong(void) {
    PyThreadState *saved = PyEval_SaveThread();
    int truth = touch();
    PyEval_RestoreThread(saved);
    return SUCCESSOR(truth);
}

/* More slots, so that some come before the resolver's and some after. */
FIXTURE_EXPORT long right(void) {
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    PyObject *list = PyList_New(0), *number = PyLong_FromLong(70000);
    if (list && number)
        PyList_Append(list, number);
    Py_XDECREF(list);
    Py_XDECREF(number);
    PyErr_Clear();
    return SUCCESSOR(touch());
}
