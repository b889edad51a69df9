/* Plain calls between a release and the next attach: the model bug, and calls that survive. */
#include "fixture.h"

static int payload = 42;

static PyObject *wrong_capsule(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    PyObject *capsule = PyCapsule_New(&payload, "payload", NULL);
    PyEval_RestoreThread(saved);
    return capsule;
}

static PyObject *right_capsule(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    payload++;
    PyEval_RestoreThread(saved);
    return PyCapsule_New(&payload, "payload", NULL);
}

static PyObject *wrong_truth(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    int truth = PyObject_IsTrue(Py_True);
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(truth);
}

static PyObject *right_truth(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(PyObject_IsTrue(Py_True));
}

/* PyLong_AsLong of an int only reads: severity warning. */
static PyObject *wrong_long(PyObject *self, PyObject *number) {
    PyThreadState *saved = PyEval_SaveThread();
    long value = PyLong_AsLong(number);
    PyEval_RestoreThread(saved);
    return PyLong_FromLong(value);
}

static PyObject *right_long(PyObject *self, PyObject *number) {
    long value = PyLong_AsLong(number);
    PyThreadState *saved = PyEval_SaveThread();
    value += 0;
    PyEval_RestoreThread(saved);
    return PyLong_FromLong(value);
}

/* PyCallable_Check reads what cannot change: severity note. */
static PyObject *wrong_callable(PyObject *self, PyObject *object) {
    PyThreadState *saved = PyEval_SaveThread();
    int callable = PyCallable_Check(object);
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(callable);
}

static PyObject *right_callable(PyObject *self, PyObject *object) {
    return PyBool_FromLong(PyCallable_Check(object));
}

/* For callers that load this file by ctypes: no module, no import. */
FIXTURE_EXPORT int plain_touch(void) {
    return touch();
}

static PyMethodDef methods[] = {
    {"wrong_capsule", wrong_capsule, METH_NOARGS, NULL},
    {"right_capsule", right_capsule, METH_NOARGS, NULL},
    {"wrong_truth", wrong_truth, METH_NOARGS, NULL},
    {"right_truth", right_truth, METH_NOARGS, NULL},
    {"wrong_long", wrong_long, METH_O, NULL},
    {"right_long", right_long, METH_O, NULL},
    {"wrong_callable", wrong_callable, METH_O, NULL},
    {"right_callable", right_callable, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(calls, methods)
