/* What a gate costs, measured inside one process: the same calls through this module's
 * GOT, which is under watch, and through pointers that the linker filled with
 * R_X86_64_64 relocations, which never are. Without gilwatch the two are equal. */
#include <Python.h>

#include <time.h>

static int (*volatile direct_is_true)(PyObject *) = PyObject_IsTrue;
static PyThreadState *(*volatile direct_save)(void) = PyEval_SaveThread;
static void (*volatile direct_restore)(PyThreadState *) = PyEval_RestoreThread;
static PyGILState_STATE (*volatile direct_ensure)(void) = PyGILState_Ensure;
static void (*volatile direct_release)(PyGILState_STATE) = PyGILState_Release;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The least of several rounds: what the machine does besides only ever adds. */
#define MEASURE(least, n, statement)                                                               \
    do {                                                                                           \
        double start = now();                                                                      \
        for (long i = 0; i < (n); i++) {                                                           \
            statement;                                                                             \
        }                                                                                          \
        double each = (now() - start) / (double)(n);                                               \
        (least) = each < (least) ? each : (least);                                                 \
    } while (0)

/* clean(n): nanoseconds of a clean call, gated and direct. */
static PyObject *clean(PyObject *self, PyObject *args) {
    long n;
    double gated = 1e9, direct = 1e9;
    (void)self;
    if (!PyArg_ParseTuple(args, "l", &n)) {
        return NULL;
    }
    for (int round = 0; round < 25; round++) {
        MEASURE(gated, n, PyObject_IsTrue(Py_True));
        MEASURE(direct, n, direct_is_true(Py_True));
    }
    return Py_BuildValue("dd", gated, direct);
}

/* switches(n): the same for releasing and taking the GIL, with one call between. */
static PyObject *switches(PyObject *self, PyObject *args) {
    long n;
    double gated = 1e9, direct = 1e9;
    (void)self;
    if (!PyArg_ParseTuple(args, "l", &n)) {
        return NULL;
    }
    for (int round = 0; round < 25; round++) {
        MEASURE(gated, n, PyEval_RestoreThread(PyEval_SaveThread()); PyObject_IsTrue(Py_True));
        MEASURE(direct, n, direct_restore(direct_save()); direct_is_true(Py_True));
    }
    return Py_BuildValue("dd", gated, direct);
}

/* ensures(n): the same for a nested PyGILState_Ensure and Release. */
static PyObject *ensures(PyObject *self, PyObject *args) {
    long n;
    double gated = 1e9, direct = 1e9;
    (void)self;
    if (!PyArg_ParseTuple(args, "l", &n)) {
        return NULL;
    }
    for (int round = 0; round < 25; round++) {
        MEASURE(gated, n, PyGILState_STATE s = PyGILState_Ensure(); PyObject_IsTrue(Py_True);
                PyGILState_Release(s));
        MEASURE(direct, n, PyGILState_STATE s = direct_ensure(); direct_is_true(Py_True);
                direct_release(s));
    }
    return Py_BuildValue("dd", gated, direct);
}

static PyMethodDef methods[] = {
    {"clean", clean, METH_VARARGS, NULL},
    {"switches", switches, METH_VARARGS, NULL},
    {"ensures", ensures, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "price", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_price(void) { return PyModule_Create(&module); }
