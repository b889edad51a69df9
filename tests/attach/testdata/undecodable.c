/* Two functions that call detached: one has bytes behind a jump that are no instruction. */
#include "../../gate/testdata/fixture.h"

static PyObject *wrong_plain(PyObject *self, PyObject *none) {
    PyThreadState *saved = PyEval_SaveThread();
    int truth = touch();
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(truth);
}

static PyObject *wrong_strange(PyObject *self, PyObject *none) {
    PyThreadState *saved = PyEval_SaveThread();
    __asm__ volatile("jmp 1f; .byte 0x06; 1:"); /* push %es, which 64-bit code has not */
    int truth = PyCallable_Check(none);
    PyEval_RestoreThread(saved);
    return PyBool_FromLong(truth);
}

static PyMethodDef methods[] = {
    {"wrong_plain", wrong_plain, METH_NOARGS, NULL},
    {"wrong_strange", wrong_strange, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(undecodable, methods)
