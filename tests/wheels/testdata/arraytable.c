/* Makes an array through numpy's table of function pointers (its _ARRAY_API capsule), whose
 * order is numpy's ABI: 2 is PyArray_Type, 93 PyArray_New. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef PyObject *new_array(PyTypeObject *type, int dimensions, const Py_ssize_t *shape, int dtype,
                            const Py_ssize_t *strides, void *data, int size, int flags,
                            PyObject *base);

static void **table;

static PyObject *volatile made;

__attribute__((noinline)) static void make(void) {
    Py_ssize_t shape[] = {300};
    new_array *create = (new_array *)table[93];
    made = create(table[2], 1, shape, 12 /* double */, NULL, NULL, 0, 0, NULL);
}

static PyObject *array(int wrong) {
    PyThreadState *saved = PyEval_SaveThread();
    if (wrong)
        make();
    PyEval_RestoreThread(saved);
    if (!wrong)
        make();
    return made;
}

static PyObject *wrong_array(PyObject *self, PyObject *args) {
    return array(1);
}

static PyObject *right_array(PyObject *self, PyObject *args) {
    return array(0);
}

static PyObject *use(PyObject *self, PyObject *capsule) {
    table = PyCapsule_GetPointer(capsule, NULL);
    if (!table)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"use", use, METH_O, NULL},
    {"wrong_array", wrong_array, METH_NOARGS, NULL},
    {"right_array", right_array, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "arraytable",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_arraytable(void) {
    return PyModule_Create(&definition);
}
