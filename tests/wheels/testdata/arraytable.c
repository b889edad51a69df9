/* Makes an array and a ufunc through numpy's tables of function pointers, its capsules
 * _ARRAY_API and _UFUNC_API, whose order is numpy's ABI: 2 is PyArray_Type, 93 PyArray_New;
 * 1 is PyUFunc_FromFuncAndData. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef PyObject *new_array(PyTypeObject *type, int dimensions, const Py_ssize_t *shape, int dtype,
                            const Py_ssize_t *strides, void *data, int size, int flags,
                            PyObject *base);

typedef void loop(char **args, const Py_ssize_t *dimensions, const Py_ssize_t *steps, void *data);
typedef PyObject *new_ufunc(loop **loops, void **data, char *types, int type_count, int inputs,
                            int outputs, int identity, const char *name, const char *doc,
                            int unused);

static void **arrays, **ufuncs;

static PyObject *volatile made;

__attribute__((noinline)) static void make_array(void) {
    Py_ssize_t shape[] = {300};
    new_array *create = (new_array *)arrays[93];
    made = create(arrays[2], 1, shape, 12, NULL, NULL, 0, 0, NULL); /* MARK array */
}

static void keep(char **args, const Py_ssize_t *dimensions, const Py_ssize_t *steps, void *data) {
    for (Py_ssize_t i = 0; i < dimensions[0]; i++)
        *(double *)(args[1] + i * steps[1]) = *(double *)(args[0] + i * steps[0]);
}

__attribute__((noinline)) static void make_ufunc(void) {
    static loop *loops[] = {keep};
    static void *data[] = {NULL};
    static char types[] = {12, 12}; /* double to double */
    new_ufunc *create = (new_ufunc *)ufuncs[1];
    made = create(loops, data, types, 1, 1, 1, -1, "keep", "the same again", 0); /* MARK ufunc */
}

static PyObject *through_table(void (*make)(void), int wrong) {
    PyThreadState *saved = PyEval_SaveThread();
    if (wrong)
        make();
    PyEval_RestoreThread(saved);
    if (!wrong)
        make();
    return made;
}

static PyObject *wrong_array(PyObject *self, PyObject *args) {
    return through_table(make_array, 1);
}

static PyObject *right_array(PyObject *self, PyObject *args) {
    return through_table(make_array, 0);
}

static PyObject *wrong_ufunc(PyObject *self, PyObject *args) {
    return through_table(make_ufunc, 1);
}

static PyObject *right_ufunc(PyObject *self, PyObject *args) {
    return through_table(make_ufunc, 0);
}

static PyObject *use(PyObject *self, PyObject *args) {
    PyObject *array, *ufunc;
    if (!PyArg_ParseTuple(args, "OO", &array, &ufunc) ||
        !(arrays = PyCapsule_GetPointer(array, NULL)) ||
        !(ufuncs = PyCapsule_GetPointer(ufunc, NULL)))
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"use", use, METH_VARARGS, NULL},
    {"wrong_array", wrong_array, METH_NOARGS, NULL},
    {"right_array", right_array, METH_NOARGS, NULL},
    {"wrong_ufunc", wrong_ufunc, METH_NOARGS, NULL},
    {"right_ufunc", right_ufunc, METH_NOARGS, NULL},
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
