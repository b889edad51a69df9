/* What CPython's headers expand in place, each used with and without an attached thread
 * state. The line of a case is the line of its name. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

typedef void body(PyObject *object);

#define CASE(NAME, ...)                                                                            \
    static void use_##NAME(PyObject *object) {                                                     \
        __VA_ARGS__;                                                                               \
    }

/* Counts are left too high by one or two: no object dies here. */
CASE(Py_INCREF, Py_INCREF(object))
CASE(Py_DECREF, Py_DECREF(object))
CASE(Py_XINCREF, Py_XINCREF(object))
CASE(Py_XDECREF, Py_XDECREF(object))
CASE(Py_CLEAR, PyObject *local = object; Py_CLEAR(local); if (local) abort())
#if PY_VERSION_HEX >= 0x030a0000 && (!defined(Py_LIMITED_API) || Py_LIMITED_API + 0 >= 0x030a0000)
#    define WITH_NEWREF
CASE(Py_NewRef, if (Py_NewRef(object) != object) abort())
CASE(Py_XNewRef, if (Py_XNewRef(object) != object) abort())
#endif
#ifndef Py_LIMITED_API
static PyObject *tuple, *cell;
CASE(Py_SETREF, PyObject *local = object; Py_SETREF(local, NULL); if (local) abort())
CASE(Py_XSETREF, PyObject *local = object; Py_XSETREF(local, NULL); if (local) abort())
CASE(PyList_GET_ITEM, if (PyList_GET_ITEM(object, 0) != Py_True) abort())
CASE(PyList_SET_ITEM, PyList_SET_ITEM(object, 0, Py_True))
CASE(PyTuple_SET_ITEM, PyTuple_SET_ITEM(tuple, 0, Py_True))
CASE(PyCell_GET, if (PyCell_GET(cell) != Py_True) abort())
CASE(PyCell_SET, PyCell_SET(cell, Py_True))
#endif

static const struct {
    const char *name;
    body *use;
} cases[] = {
    {"Py_INCREF", use_Py_INCREF},
    {"Py_DECREF", use_Py_DECREF},
    {"Py_XINCREF", use_Py_XINCREF},
    {"Py_XDECREF", use_Py_XDECREF},
    {"Py_CLEAR", use_Py_CLEAR},
#ifdef WITH_NEWREF
    {"Py_NewRef", use_Py_NewRef},
    {"Py_XNewRef", use_Py_XNewRef},
#endif
#ifndef Py_LIMITED_API
    {"Py_SETREF", use_Py_SETREF},
    {"Py_XSETREF", use_Py_XSETREF},
    {"PyList_GET_ITEM", use_PyList_GET_ITEM},
    {"PyList_SET_ITEM", use_PyList_SET_ITEM},
    {"PyTuple_SET_ITEM", use_PyTuple_SET_ITEM},
    {"PyCell_GET", use_PyCell_GET},
    {"PyCell_SET", use_PyCell_SET},
#endif
};

#define CASES (sizeof cases / sizeof cases[0])

/* Uses all and returns their names, for the test to compare with the report. */
static PyObject *use_all(int detached) {
    PyObject *names = PyList_New(0), *object = PyList_New(1);
    Py_INCREF(Py_True);
    PyList_SetItem(object, 0, Py_True);
#ifndef Py_LIMITED_API
    Py_INCREF(Py_True);
    tuple = PyTuple_New(1);
    cell = PyCell_New(Py_True);
#endif
    for (size_t i = 0; i < CASES; i++) {
        PyObject *name = PyUnicode_FromString(cases[i].name);
        PyList_Append(names, name);
        Py_DECREF(name);
        Py_INCREF(object);
        Py_INCREF(object);
        PyThreadState *saved = detached ? PyEval_SaveThread() : NULL;
        cases[i].use(object);
        if (saved)
            PyEval_RestoreThread(saved);
    }
    return names;
}

static PyObject *wrong(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    return use_all(1);
}

static PyObject *right(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    return use_all(0);
}

static PyMethodDef methods[] = {
    {"wrong", wrong, METH_NOARGS, NULL},
    {"right", right, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, "counts", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_counts(void) {
    return PyModule_Create(&module_def);
}
