#include <Python.h>

/* The list backwards, in place; the sum of its indices. */
static PyObject *mirror(PyObject *self, PyObject *list) {
    long sum = 0;
    Py_ssize_t n = PyList_Size(list);
    if (n < 0)
        return NULL;
    PyThreadState *state = PyEval_SaveThread();
    for (Py_ssize_t i = 0; i < n; i++)
        sum += i;
    PyList_Reverse(list);
    PyEval_RestoreThread(state);
    return PyLong_FromLong(sum);
}

static PyMethodDef methods[] = {{"mirror", mirror, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "samples", .m_size = -1,
                             .m_methods = methods};

PyMODINIT_FUNC PyInit_samples(void) {
    return PyModule_Create(&module);
}
