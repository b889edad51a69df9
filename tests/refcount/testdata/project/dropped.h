/* A module that lets go of a reference with and without an attached thread state. The
 * includer says what it is called. */
#include <Python.h>

static PyObject *right(PyObject *self, PyObject *object) {
    (void)self;
    Py_INCREF(object);
    Py_DECREF(object);
    Py_RETURN_NONE;
}

static PyObject *wrong(PyObject *self, PyObject *object) {
    (void)self;
    Py_INCREF(object);
    Py_BEGIN_ALLOW_THREADS;
    Py_DECREF(object);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"right", right, METH_O, NULL},
    {"wrong", wrong, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT, NAME, NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC INIT(void) {
    return PyModule_Create(&module_def);
}
