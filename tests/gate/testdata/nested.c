/* A release around a callback that attaches for itself, as GUI and database libraries do. */
#include "fixture.h"

static void callback(void) {
    PyGILState_STATE state = PyGILState_Ensure();
    touch();
    PyThreadState *inner = PyEval_SaveThread();
    PyEval_RestoreThread(inner);
    PyGILState_Release(state);
}

/* The touch comes after the callback gave back what it took: detached since outer_release. */
OUT_OF_LINE static PyThreadState *outer_release(void) {
    PyThreadState *saved = PyEval_SaveThread();
    __asm__ volatile("" ::: "memory"); /* not a tail call: this frame must be the release's */
    return saved;
}

static PyObject *wrong_nested(PyObject *self, PyObject *args) {
    PyThreadState *saved = outer_release();
    callback();
    touch();
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *right_nested(PyObject *self, PyObject *args) {
    PyThreadState *saved = outer_release();
    callback();
    callback();
    PyEval_RestoreThread(saved);
    touch();
    Py_RETURN_NONE;
}

/* Ensure while attached, and its release, change nothing. */
static PyObject *right_ensure_attached(PyObject *self, PyObject *args) {
    callback();
    touch();
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"wrong_nested", wrong_nested, METH_NOARGS, NULL},
    {"right_nested", right_nested, METH_NOARGS, NULL},
    {"right_ensure_attached", right_ensure_attached, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(nested, methods)
