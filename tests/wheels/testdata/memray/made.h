/* The body of two modules that differ in their names: one is imported before memray tracks, one
 * after it has stopped. */
#include <Python.h>

static PyObject *wrong(PyObject *self, PyObject *unused) {
    PyThreadState *state = PyEval_SaveThread();
    PyObject *made = PyUnicode_FromString("made after memray");
    PyEval_RestoreThread(state);
    return made;
}

/* Attaches through PyGILState_Ensure, whose slot memray takes. */
static PyObject *right(PyObject *self, PyObject *unused) {
    PyThreadState *state = PyEval_SaveThread();
    PyGILState_STATE held = PyGILState_Ensure();
    PyObject *made = PyUnicode_FromString("made after memray");
    PyGILState_Release(held);
    PyEval_RestoreThread(state);
    return made;
}

static PyMethodDef methods[] = {
    {"wrong", wrong, METH_NOARGS, NULL},
    {"right", right, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
