/* One call of the C API, of which a test's own code decides whether it is made attached. */
#include "../../gate/testdata/fixture.h"

static PyObject *wrong(PyObject *self, PyObject *unused) {
    PyThreadState *state = PyEval_SaveThread();
    touch();
    PyEval_RestoreThread(state);
    Py_RETURN_NONE;
}

static PyObject *right(PyObject *self, PyObject *unused) {
    PyThreadState *state = PyEval_SaveThread();
    PyEval_RestoreThread(state);
    touch();
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"wrong", wrong, METH_NOARGS, NULL},
    {"right", right, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(touchy, methods)
