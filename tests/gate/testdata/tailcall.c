/* C-API functions that are jumped to: what returns from them returns past their caller. */
#include "fixture.h"

#include <stdlib.h>

OUT_OF_LINE static PyObject *jump_five(void) {
    return PyLong_FromLong(5);
}

OUT_OF_LINE static int jump_truth(PyObject *object) {
    return PyObject_IsTrue(object);
}

/* The order of two objects, as qsort asks: the API function returns into libc. */
OUT_OF_LINE static int jump_from_libc(const void *left, const void *right) {
    return PyObject_IsTrue(*(PyObject *const *)left);
}

static PyObject *wrong_five(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    PyObject *five = jump_five();
    PyEval_RestoreThread(saved);
    return five;
}

static PyObject *right_five(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    Py_END_ALLOW_THREADS;
    return jump_five();
}

static PyObject *wrong_truth(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    int truth = jump_truth(Py_True);
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(truth);
}

static PyObject *right_truth(PyObject *self, PyObject *args) {
    Py_BEGIN_ALLOW_THREADS;
    Py_END_ALLOW_THREADS;
    return PyBool_FromLong(jump_truth(Py_True));
}

static PyObject *wrong_sort(PyObject *self, PyObject *args) {
    PyObject *pair[2] = {Py_True, Py_True};
    PyThreadState *saved = PyEval_SaveThread();
    qsort(pair, 2, sizeof pair[0], jump_from_libc);
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(pair[0] == Py_True);
}

static PyObject *right_sort(PyObject *self, PyObject *args) {
    PyObject *pair[2] = {Py_True, Py_True};
    qsort(pair, 2, sizeof pair[0], jump_from_libc);
    return PyBool_FromLong(pair[0] == Py_True);
}

static PyMethodDef methods[] = {
    {"wrong_five", wrong_five, METH_NOARGS, NULL},
    {"right_five", right_five, METH_NOARGS, NULL},
    {"wrong_truth", wrong_truth, METH_NOARGS, NULL},
    {"right_truth", right_truth, METH_NOARGS, NULL},
    {"wrong_sort", wrong_sort, METH_NOARGS, NULL},
    {"right_sort", right_sort, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(tailcall, methods)
