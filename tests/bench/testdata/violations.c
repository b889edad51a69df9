/* What a violation costs that was recorded before: the same detached call from one site,
 * over and over. PyObject_IsTrue(Py_True) survives detached on every version, as it reads
 * nothing but its argument's address. */
#include <Python.h>

#include <time.h>

static int (*volatile direct)(PyObject *) = PyObject_IsTrue;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* detached(n) -> (direct, gated): nanoseconds of a call, without the first one, which
 * waits for the collector. */
static PyObject *detached(PyObject *self, PyObject *number) {
    long n = PyLong_AsLong(number);
    double past_slot = 0, through_slot = 0;
    (void)self;
    if (n < 2) {
        PyErr_SetString(PyExc_ValueError, "at least two calls");
        return NULL;
    }
    PyThreadState *saved = PyEval_SaveThread();
    double start = now();
    for (long i = 0; i < n; i++) {
        if (i == 1) {
            start = now();
        }
        PyObject_IsTrue(Py_True);
    }
    through_slot = (now() - start) / (double)(n - 1);
    start = now();
    for (long i = 0; i < n; i++) {
        direct(Py_True);
    }
    past_slot = (now() - start) / (double)n;
    PyEval_RestoreThread(saved);
    return Py_BuildValue("dd", past_slot, through_slot);
}

static PyMethodDef methods[] = {
    {"detached", detached, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "violations", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_violations(void) {
    return PyModule_Create(&module);
}
