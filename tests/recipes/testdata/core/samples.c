#include <Python.h>

static PyObject *names(PyObject *self, PyObject *args) {
    PyThreadState *state = PyEval_SaveThread();
    PyObject *list = PyList_New(3);
    PyEval_RestoreThread(state);
    return list;
}

static PyMethodDef methods[] = {{"names", names, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "samples", .m_size = -1,
                             .m_methods = methods};

PyMODINIT_FUNC PyInit_samples(void) {
    return PyModule_Create(&module);
}
