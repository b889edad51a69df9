/* What CPython's headers expand in place and what that calls: each is a gate's. */
#include "fixture.h"

static PyObject *word, *name;

/* The last references, each let go of in a way of its own. Py_DECREF is a call of
 * _Py_Dealloc, or, for the limited API from 3.12 on, of _Py_DecRef. */
static PyObject *last_reference(int wrong, int in_place) {
    PyObject *item = PyByteArray_FromStringAndSize("item", 4);
    PyThreadState *saved = wrong ? PyEval_SaveThread() : NULL;
    if (in_place)
        Py_DECREF(item); /* MARK in_place */
    else
        Py_DecRef(item); /* MARK call */
    if (saved)
        PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *wrong_in_place(PyObject *self, PyObject *args) {
    return last_reference(1, 1);
}

static PyObject *right_in_place(PyObject *self, PyObject *args) {
    return last_reference(0, 1);
}

static PyObject *wrong_call(PyObject *self, PyObject *args) {
    return last_reference(1, 0);
}

static PyObject *right_call(PyObject *self, PyObject *args) {
    return last_reference(0, 0);
}

#if PY_VERSION_HEX >= 0x03090000 && !defined(Py_LIMITED_API)
static PyObject *volatile result;

/* A static inline function, which goes on to PyObject_VectorcallMethod. */
static PyObject *method(int wrong) {
    PyThreadState *saved = wrong ? PyEval_SaveThread() : NULL;
    result = PyObject_CallMethodNoArgs(word, name); /* MARK method */
    if (saved)
        PyEval_RestoreThread(saved);
    return result;
}

static PyObject *wrong_method(PyObject *self, PyObject *args) {
    return method(1);
}

static PyObject *right_method(PyObject *self, PyObject *args) {
    return method(0);
}
#endif

static PyMethodDef methods[] = {
    {"wrong_in_place", wrong_in_place, METH_NOARGS, NULL},
    {"right_in_place", right_in_place, METH_NOARGS, NULL},
    {"wrong_call", wrong_call, METH_NOARGS, NULL},
    {"right_call", right_call, METH_NOARGS, NULL},
#if PY_VERSION_HEX >= 0x03090000 && !defined(Py_LIMITED_API)
    {"wrong_method", wrong_method, METH_NOARGS, NULL},
    {"right_method", right_method, METH_NOARGS, NULL},
#endif
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "inlined", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_inlined(void) {
    word = PyUnicode_FromString("word");
    name = PyUnicode_FromString("upper");
    return PyModule_Create(&definition);
}
