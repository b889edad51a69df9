/* A library that a host opens, calls and closes. */
#include "fixture.h"

FIXTURE_EXPORT int wrong(void) {
    PyThreadState *saved = PyEval_SaveThread();
    int truth = touch();
    PyEval_RestoreThread(saved);
    return truth;
}

FIXTURE_EXPORT int right(void) {
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    return touch();
}
