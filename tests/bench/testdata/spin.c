/* One call site, called many times by a thread that is attached. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <time.h>

/* Nanoseconds of the CPU a call, over as many calls as are asked for. */
static PyObject *spin(PyObject *self, PyObject *number) {
    struct timespec from, to;
    long calls = PyLong_AsLong(number);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    for (long i = 0; i < calls; i++) {
        int truth = PyObject_IsTrue(Py_True);
        __asm__ volatile("" : "+r"(truth));
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    double ns = (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec);
    return PyFloat_FromDouble(ns / calls);
}

static PyMethodDef methods[] = {{"spin", spin, METH_O, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, "spin", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_spin(void) {
    return PyModule_Create(&module_def);
}
