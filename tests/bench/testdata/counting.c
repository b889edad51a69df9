/* Work of which reference counts and the accessors beside them are the most, for the price of
 * the headers that have them checked: the same source is compiled with them and without. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

enum { ITEMS = 1000 };

/* A pair of counts, and nothing else: the worst case. */
static double counts(PyObject *list, long rounds) {
    PyObject *item = PyList_GET_ITEM(list, 0);
    double start = now();
    for (long i = 0; i < rounds * ITEMS; i++) {
        Py_INCREF(item);
        __asm__ volatile("" ::: "memory");
        Py_DECREF(item);
    }
    return (now() - start) / (double)(rounds * ITEMS);
}

/* A list's floats, summed up. */
static double sum(PyObject *list, long rounds) {
    volatile double total = 0;
    double start = now();
    for (long i = 0; i < rounds; i++)
        for (Py_ssize_t at = 0; at < ITEMS; at++) {
            PyObject *item = PyList_GET_ITEM(list, at);
            Py_INCREF(item);
            total += PyFloat_AsDouble(item);
            Py_DECREF(item);
        }
    return (now() - start) / (double)(rounds * ITEMS);
}

/* A tuple of a list's items, as a function that returns several values makes it. */
static double tuples(PyObject *list, long rounds) {
    double start = now();
    for (long i = 0; i < rounds; i++)
        for (Py_ssize_t at = 0; at < ITEMS; at++) {
            PyObject *pair = PyTuple_New(2);
            if (!pair)
                return -1;
            PyObject *item = PyList_GET_ITEM(list, at);
            Py_INCREF(item);
            PyTuple_SET_ITEM(pair, 0, item);
            Py_INCREF(list);
            PyTuple_SET_ITEM(pair, 1, list);
            Py_DECREF(pair);
        }
    return (now() - start) / (double)(rounds * ITEMS);
}

static const struct {
    const char *name;
    double (*work)(PyObject *list, long rounds);
} works[] = {{"counts", counts}, {"sum", sum}, {"tuples", tuples}};

enum { WORKS = sizeof works / sizeof *works };

static PyObject *names(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    PyObject *all = PyList_New(0);
    for (int i = 0; all && i < WORKS; i++) {
        PyObject *name = PyUnicode_FromString(works[i].name);
        if (!name || PyList_Append(all, name))
            Py_CLEAR(all);
        Py_XDECREF(name);
    }
    return all;
}

/* run(which, rounds): nanoseconds of each item. */
static PyObject *run(PyObject *self, PyObject *args) {
    (void)self;
    int which;
    long rounds;
    if (!PyArg_ParseTuple(args, "il", &which, &rounds) || which < 0 || which >= WORKS)
        return NULL;
    PyObject *list = PyList_New(ITEMS);
    for (Py_ssize_t i = 0; list && i < ITEMS; i++) {
        PyObject *item = PyFloat_FromDouble((double)i);
        if (!item)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, i, item);
    }
    if (!list)
        return NULL;
    double each = works[which].work(list, rounds);
    Py_DECREF(list);
    return PyFloat_FromDouble(each);
}

static PyMethodDef methods[] = {
    {"names", names, METH_NOARGS, NULL},
    {"run", run, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, "counting", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_counting(void) {
    return PyModule_Create(&module_def);
}
